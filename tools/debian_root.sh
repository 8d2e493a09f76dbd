#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Proves that chainrule needs nothing but a bare Debian 12: makes a clean root with debootstrap,
# clones the repository into it and runs ./dev there.
#
#   tools/debian_root.sh                         runs: ./dev demo, then ./dev test --quick
#   tools/debian_root.sh "test"                  runs each argument as the options of one ./dev
#   DEBIAN_ROOT=/tmp/root                        where the root is made (new each time)
#   WORKING_TREE=1                               takes the files as they are, not the last commit
#
# Needs root and debootstrap. Takes the package mirror, proxies and certificates of this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=${DEBIAN_ROOT:-/tmp/chainrule_debian_root}
suite=bookworm
place=/home/user/chainrule

refuse() {
    printf 'debian_root: %s\n' "$*" >&2
    exit 2
}

# The work happens in a mount namespace of its own: whatever is mounted is gone when it ends.
if [[ ${1:-} != --inside ]]; then
    [[ $(id -u) == 0 ]] || refuse "this needs to be root, to make and enter the new system."
    command -v debootstrap >/dev/null || refuse "debootstrap is missing: apt-get install debootstrap"
    exec unshare --mount --pid --fork --kill-child -- "${BASH_SOURCE[0]}" --inside "$@"
fi
shift
if (($# == 0)); then set -- demo "test --quick"; fi

# The address of the Debian archive this machine itself uses, out of either format of apt's lists.
find_mirror() {
    {
        sed -nE 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources 2>/dev/null || true
        sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' \
            /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true
    } | tr ' ' '\n' | grep -E '/debian/?$' | head -n 1
}

# Only Debian's own archives: a bare Debian knows no others.
copy_apt_sources() {
    local file
    rm -f "$root/etc/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if [[ -f $file ]] && grep -qE '/debian(-security)?/?([[:space:]]|$)' "$file"; then
            cp "$file" "$root${file%/*}/"
        fi
    done
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
        if [[ -f $file ]] && grep -qiE 'proxy|verify|cainfo|check-(valid|date)' "$file"; then
            cp "$file" "$root${file%/*}/"
        fi
    done
}

copy_certificates() {
    mkdir -p "$root/usr/local/share" "$root/etc/ssl/certs"
    if [[ -d /usr/local/share/ca-certificates ]]; then
        cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
    fi
    if [[ -f /etc/ssl/certs/ca-certificates.crt && ! -f $root/etc/ssl/certs/ca-certificates.crt ]]; then
        cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    fi
}

copy_repository() {
    mkdir -p "$root$place"
    if [[ ${WORKING_TREE:-} ]]; then
        # A file that is tracked but deleted is not there to copy.
        git ls-files -z --cached --others --exclude-standard |
            while IFS= read -r -d '' file; do
                if [[ -e $file ]]; then printf '%s\0' "$file"; fi
            done | tar --create --null --files-from=- | tar --extract --directory "$root$place"
    else
        git clone --quiet --no-hardlinks . "$root$place"
    fi
}

# inside COMMAND...: runs it in the new root with a clean environment, but for the proxies.
inside() {
    local proxies=() name
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        if [[ ${!name:-} ]]; then proxies+=("$name=${!name}"); fi
    done
    chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        "${proxies[@]}" "$@"
}

mirror=$(find_mirror)
[[ $mirror ]] || refuse "apt's lists under /etc/apt name no Debian archive."
printf '== debootstrap %s from %s into %s\n' "$suite" "$mirror" "$root"
if [[ -e $root && ! -e $root/.made_by_debian_root ]]; then
    refuse "$root exists and was not made by this script: remove it, or set DEBIAN_ROOT."
fi
rm -rf --one-file-system "$root"
mkdir -p "$root"
touch "$root/.made_by_debian_root"
with=()
if [[ $mirror == https:* ]]; then with=(--include=ca-certificates); fi
start=$SECONDS
debootstrap --variant=minbase "${with[@]}" "$suite" "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" && refuse "debootstrap failed; its whole output is in $root.log."; }
printf '   done after %d s: Debian %s, %d packages\n' $((SECONDS - start)) \
    "$(cat "$root/etc/debian_version")" "$(grep -c '^Package:' "$root/var/lib/dpkg/status")"

cp /etc/resolv.conf /etc/hosts "$root/etc/"
copy_apt_sources
copy_certificates
copy_repository
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

for name in g++ cmake clang++-19 git; do
    if inside sh -c "command -v $name" >/dev/null; then refuse "the new root already has $name."; fi
done
for options in "$@"; do
    printf '== ./dev %s, in the new root\n' "$options"
    start=$SECONDS
    read -ra words <<<"$options"
    inside "$place/dev" "${words[@]}" || {
        printf 'debian_root: ./dev %s FAILED after %d s\n' "$options" $((SECONDS - start))
        exit 1
    }
    printf '   ./dev %s: done after %d s\n' "$options" $((SECONDS - start))
done
