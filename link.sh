#!/usr/bin/env bash
# Links the add-on into your own Anki, so that it runs from this checkout.
#   ./link.sh            link          ./link.sh --remove   take the link away
#   ANKI_BASE=FOLDER ./link.sh         for an Anki that is started with -b FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

anki_base() {
  if [ -n "${ANKI_BASE:-}" ]; then
    echo "$ANKI_BASE"
  elif [ "$(uname -s)" = Darwin ]; then
    echo "$HOME/Library/Application Support/Anki2"
  else
    echo "${XDG_DATA_HOME:-$HOME/.local/share}/Anki2"
  fi
}

base=$(anki_base)
link=$base/addons21/ankiconnect
plugin=$PWD/plugin

say_no() {
  echo "$*" >&2
  exit 1
}

is_ours() {
  [ -L "$link" ] && [ "$(readlink "$link")" = "$plugin" ]
}

case ${1:-} in
  --remove)
    if [ ! -e "$link" ] && [ ! -L "$link" ]; then
      echo "There is no link at $link."
      exit 0
    fi
    is_ours || say_no "$link is not a link to this checkout; it was left alone."
    rm "$link"
    echo "Removed $link. Restart Anki."
    ;;
  '')
    [ -d "$base" ] || say_no "There is no Anki folder at $base. Start Anki once, or set ANKI_BASE."
    if is_ours; then
      echo "$link links to this checkout already."
      exit 0
    fi
    if [ -e "$link" ] || [ -L "$link" ]; then
      say_no "$link is there already and is not a link to this checkout; it was left alone."
    fi
    mkdir -p "$base/addons21"
    ln -s "$plugin" "$link"
    echo "Linked $link to $plugin. Restart Anki."
    if [ -e "$base/addons21/2055492159" ]; then
      echo "The classic AnkiConnect (2055492159) is installed too: disable it in Tools > Add-ons."
    fi
    ;;
  *) say_no "Usage: ./link.sh [--remove]" ;;
esac
