# Sourced by the other scripts: what Debian 12 must have, and how it comes there.

BUILD_PACKAGES=(
  cmake ninja-build gcc libc6-dev pkg-config git
  libzmq3-dev libsodium-dev libprotobuf-c-dev protobuf-c-compiler
  libpq-dev libsqlite3-dev libjansson-dev libcsv-dev libsmartcols-dev
  libxlsxwriter-dev
  libinih-dev libgmp-dev libsystemd-dev uuid-dev libcunit1-dev tzdata
)
RUN_PACKAGES=(postgresql-15)
TEST_PACKAGES=(
  python3 python3-zmq python3-protobuf python3-nacl protobuf-compiler python3-pglast
  iproute2 libfaketime chromium poppler-utils
)
CHECK_PACKAGES=(clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14)

# Headings are bold on a terminal and plain in a log.
say() { if [ -t 2 ]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '== %s\n' "$*" >&2; fi; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages NAME...: installs what is missing, quietly, without starting or
# making any PostgreSQL cluster of the system.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "these packages are missing and sudo is not here to install them: ${missing[*]}"
  fi
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  local log guard=/etc/postgresql-common/createcluster.d/tonghop-none.conf
  log=$(mktemp)
  as_root mkdir -p "${guard%/*}"
  echo 'create_main_cluster = false' | as_root tee "$guard" >/dev/null
  local done=0
  if as_root apt-get update -q >"$log" 2>&1 &&
     as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
       --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    done=1
  fi
  as_root rm -f "$guard"
  [ $done = 1 ] || { tail -n 30 "$log" >&2; rm -f "$log"; fail "apt-get could not install them"; }
  rm -f "$log"
}

# build PRESET [TARGET...]: configures when needed and builds, with its output shown
# only when it fails or on a terminal.
build() {
  local preset=$1 log; shift
  log=$(mktemp)
  say "Building (preset $preset)"
  { cmake --preset "$preset" && cmake --build --preset "$preset" "$@"; } >"$log" 2>&1 ||
    { tail -n 60 "$log" >&2; rm -f "$log"; fail "the build failed"; }
  rm -f "$log"
}
