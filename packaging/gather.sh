#!/bin/sh
# Puts together what a release consists of, under the names that packaging/install.sh loads:
#
#   packaging/gather.sh MADE OUT URL
#
# MADE holds a folder for each target, as `deno task compile` fills dist/, and folders with Debian packages.
# OUT must not be there; it gets gossamer-TARGET for all five, the packages, licences, bill of materials, unit,
# installer, and SHA256SUMS of them all. URL is where the releases lie, which the installer of this one then knows.
# Nothing is left out in silence: a system that is missing fails.
set -eu
export LC_ALL=C
fail() { printf '%s\n' "gather.sh: $*" >&2; exit 1; }
[ $# = 3 ] || fail "usage: packaging/gather.sh MADE OUT URL"
made=$1
out=$2
url=$3
case "$url" in
  *[!0-9A-Za-z.:/_-]*) fail "$url is no plain URL" ;;
  https://?*/?*) ;;
  *) fail "$url is not https://" ;;
esac
[ ! -e "$out" ] || fail "$out is there already; nothing is overwritten"
packaging=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/gossamer-gather-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for target in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin \
  x86_64-pc-windows-msvc; do
  suffix=
  case "$target" in *windows*) suffix=.exe ;; esac
  file=$made/$target/$target/gossamer$suffix
  [ -s "$file" ] || fail "there is no $file"
  cp "$file" "$work/gossamer-$target$suffix"
  chmod 755 "$work/gossamer-$target$suffix"
done
for architecture in amd64 arm64; do
  package=$made/deb-$architecture/gossamer_$architecture.deb
  [ -s "$package" ] || fail "there is no $package"
  cp "$package" "$work/"
done
# The same for all systems: they are made from the sources, not for a system.
for file in THIRD_PARTY_LICENSES gossamer.cdx.json; do
  for target in "$made"/*-*-*/; do
    cmp -s "$made/x86_64-unknown-linux-gnu/$file" "$target$file" || fail "${target}$file differs from the others"
  done
  cp "$made/x86_64-unknown-linux-gnu/$file" "$work/"
done
cp "$packaging/systemd/gossamer.user.service" "$work/"
sed "s|^default_base=\$|default_base=$url|" "$packaging/install.sh" > "$work/install.sh"
grep -q -x "default_base=$url" "$work/install.sh" || fail "install.sh has no place for where the releases lie"
chmod 755 "$work/install.sh"
# Never beside that folder: there anybody could have put a file or a link of the name, and own what it then holds.
sums=$(cd "$work" && sha256sum -- *)
printf '%s\n' "$sums" > "$work/SHA256SUMS"
chmod 755 "$work"
mv "$work" "$out"
