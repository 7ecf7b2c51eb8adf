#!/usr/bin/env bash
# Starts a real Anki with this add-on in a throw-away profile and shows a first request.
#   ./run.sh [--once] [--headless] [--port N]      ANKI_VERSION=25.9.5 ./run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/bare_machine.sh
. tools/bare_machine.sh

ANKI_VERSION=${ANKI_VERSION:-26.9.3}
room=.venvs/anki-$ANKI_VERSION

install_anki() {
  local python
  for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10 python3.9; do
    "$python" -c 'import venv' 2>/dev/null || continue
    echo "Installing Anki $ANKI_VERSION with $("$python" --version) into $room (some 300 MB) ..."
    rm -rf "$room"
    "$python" -m venv "$room"
    if "$room/bin/python" -m pip install -q --disable-pip-version-check \
      "aqt[qt6]==$ANKI_VERSION" 'setuptools; python_version >= "3.12"' </dev/null; then
      touch "$room/complete"
      return 0
    fi
  done
  rm -rf "$room"
  echo "Anki $ANKI_VERSION could not be installed with any Python here." >&2
  echo "It needs Python 3.10 or newer (Anki up to 25.09: 3.9 or newer)." >&2
  return 1
}

install_system_packages
mkdir -p .venvs .run
exec 9>.venvs/lock # a second ./run.sh waits until the first has installed
if command -v flock >/dev/null; then flock 9; fi
[ -e "$room/complete" ] || install_anki
exec 9>&-
exec "$room/bin/python" tools/run_anki.py "$@"
