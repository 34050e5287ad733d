# Sourced by the other scripts: installs what this machine lacks. Debian 12 and a Swift 6.2+ toolchain are given.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What the daemons are built with and run on.
build_packages=(ca-certificates git libcurl4-openssl-dev liblzma-dev libsqlite3-dev libssl-dev libzstd-dev pkg-config
    zlib1g-dev)

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs those of the named Debian packages that are missing; asks for nothing when all are there.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "installing: ${missing[*]}" >&2
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_swift() {
    command -v swift >/dev/null && return
    echo "no Swift toolchain in PATH: install Swift 6.2 or newer (https://www.swift.org/install/linux/)" >&2
    exit 1
}
