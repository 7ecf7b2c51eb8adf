#!/usr/bin/env bash
# Runs every check: style and types, unit tests, the whole suite in four real Ankis, and in every
# other version of Anki what has to work everywhere ("smoke").
#   ./test.sh [pytest arguments]      TEST_ENVS="unit anki2609" JOBS=1 ./test.sh -k deck
# What an environment is called in tox.ini, with smoke- before it for the smaller choice of tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/bare_machine.sh
. tools/bare_machine.sh

WHOLE="anki2609 anki2150 anki2310 anki2509"
SMOKE="anki2605 anki2502 anki2411 anki2406 anki2312 anki2166 anki2154 anki2154qt5"
SMOKE_TESTS="tests/smoke tests/contract/test_examples.py -k 'not -failure'" # those are in tests/smoke
MEASURED="unit anki2609" # what runs of plugin/ is counted here; it takes some time
read -r -a envs <<<"${TEST_ENVS:-lint unit $WHOLE ${SMOKE//anki/smoke-anki}}"
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

has() { [[ " $2 " == *" $1 "* ]]; }

# Whether all of that environment's tests are run, so that the result may be told of.
all_of_it=yes
[ "$#" = 0 ] && [ -z "${TESTS:-}" ] || all_of_it=
coverage=$all_of_it
for env in $MEASURED; do
  has "$env" "${envs[*]}" || coverage=
done

# Runs one environment, keeps its output, and shows it when it has ended.
run_one() {
  local env=$1 code=0
  shift
  echo "== $env started"
  if [ "$env" != "${env#smoke-}" ]; then export TESTS=$SMOKE_TESTS; fi
  if [ -n "$coverage" ] && has "$env" "$MEASURED"; then export MEASURE="-m coverage run"; fi
  if [ -n "$all_of_it" ]; then export PYTEST_ADDOPTS="--junit-xml=$logs/$env.xml"; fi
  .venv/bin/tox run -e "${env#smoke-}" -- "$@" >"$logs/$env.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$logs/$env.code"
  echo "== $env ended with code $code"
  cat "$logs/$env.log"
}

closing_line() {
  grep -E '(passed|failed|error|no tests ran).* in [0-9.:hms ()]+|^TOTAL ' "$1" | tail -1 | tr -d '=' || true
}

# Prints how each environment ended; fails if one of them did.
sum_up() {
  local env code failed=0
  echo
  echo "== Summary"
  for env in "${envs[@]}"; do
    code=$(cat "$logs/$env.code" 2>/dev/null || echo 'did not run')
    printf '%-18s %-8s %s\n' "$env" "$([ "$code" = 0 ] && echo ok || echo "FAILED")" \
      "$(closing_line "$logs/$env.log")"
    [ "$code" = 0 ] || failed=1
  done
  return "$failed"
}

install_system_packages
install_tox
mkdir -p "$logs"
rm -f "$logs"/*.log "$logs"/*.code "$logs"/*.xml
[ -z "$coverage" ] || rm -rf .tox/measured
for env in "${envs[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
    wait -n || true
  done
  run_one "$env" "$@" &
done
wait || true
if [ -n "$coverage" ]; then
  run_one coverage
  envs+=(coverage)
fi
failed=0
sum_up || failed=1
[ -z "$all_of_it" ] || .venv/bin/python tools/matrix.py "$logs"
exit "$failed"
