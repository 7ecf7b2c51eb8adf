# shellcheck shell=bash
# What run.sh and test.sh need from the machine. Sourced by both.

# Libraries that Qt and its web engine load but pip does not bring (found with ldd), a font, and
# what Qt needs to open a window on an X11 screen. Debian 13 and Ubuntu 24.04 add t64 to some.
QT_PACKAGES=(
  libasound2 libdbus-1-3 libegl1 libexpat1 libfontconfig1 libfreetype6 libgbm1 libgl1
  libglib2.0-0 libgssapi-krb5-2 libnspr4 libnss3 libudev1 libx11-6 libxcb-dri3-0 libxcb1
  libxcomposite1 libxdamage1 libxext6 libxfixes3 libxkbcommon0 libxkbfile1 libxrandr2 libxtst6
  fonts-dejavu-core
  libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
  libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1
  libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0
)

is_installed() {
  dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

is_offered() {
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# Prints the packages that are missing, under the names that this system has for them.
missing_packages() {
  local name
  for name in "${QT_PACKAGES[@]}"; do
    if ! is_installed "$name" && ! is_installed "${name}t64"; then
      if is_offered "${name}t64"; then echo "${name}t64"; else echo "$name"; fi
    fi
  done
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo python3-venv
  fi
  if ! command -v curl >/dev/null; then
    echo curl # the samples in the documentation are run
  fi
}

# Prints what to put before apt-get; fails if this user may not install packages.
may_install() {
  if [ "$(id -u)" = 0 ]; then
    echo env
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    echo sudo
  else
    return 1
  fi
}

install_system_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
  local missing as_root
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -gt 0 ] || return 0
  if ! as_root=$(may_install) || [ -n "${DRY_RUN:-}" ]; then
    echo "Some system packages are missing. Install them and start this again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  echo "Installing system packages: ${missing[*]}"
  "$as_root" apt-get update -q </dev/null
  mapfile -t missing < <(missing_packages) # now that the names on offer are known
  "$as_root" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
}
