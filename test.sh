#!/usr/bin/env bash
# Runs every check: style and types, unit tests, and the tests in four real Ankis.
#   ./test.sh [pytest arguments]      TEST_ENVS="unit anki2609" JOBS=1 ./test.sh -k deck
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/bare_machine.sh
. tools/bare_machine.sh

read -r -a envs <<<"${TEST_ENVS:-lint unit anki2150 anki2310 anki2509 anki2609}"
JOBS=${JOBS:-2}
logs=.tox/logs

install_tox() {
  [ -e .venv/tox-is-here ] && return 0
  echo "Installing tox into .venv ..."
  rm -rf .venv
  "${PYTHON:-python3}" -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check 'tox>=4.20,<5' </dev/null
  touch .venv/tox-is-here
}

# Runs one environment, keeps its output, and shows it when it has ended.
run_one() {
  local env=$1 code=0
  shift
  echo "== $env started"
  .venv/bin/tox run -e "$env" -- "$@" >"$logs/$env.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$logs/$env.code"
  echo "== $env ended with code $code"
  cat "$logs/$env.log"
}

closing_line() {
  grep -E '(passed|failed|error|no tests ran).* in [0-9.:hms ()]+' "$1" | tail -1 | tr -d '=' || true
}

# Prints how each environment ended; fails if one of them did.
sum_up() {
  local env code failed=0
  echo
  echo "== Summary"
  for env in "${envs[@]}"; do
    code=$(cat "$logs/$env.code" 2>/dev/null || echo 'did not run')
    printf '%-12s %-8s %s\n' "$env" "$([ "$code" = 0 ] && echo ok || echo "FAILED")" \
      "$(closing_line "$logs/$env.log")"
    [ "$code" = 0 ] || failed=1
  done
  return "$failed"
}

install_system_packages
install_tox
mkdir -p "$logs"
rm -f "$logs"/*.log "$logs"/*.code
for env in "${envs[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
    wait -n || true
  done
  run_one "$env" "$@" &
done
wait || true
sum_up
