#!/usr/bin/env bash
# Builds dist/AnkiConnect-VERSION.ankiaddon, the file that Anki's Add-ons window installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec "${PYTHON:-python3}" tools/package.py "$@"
