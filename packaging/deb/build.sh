#!/bin/sh
# Makes a Debian package out of a compiled binary or a portable tree, with nothing but dpkg's own tools:
#
#   packaging/deb/build.sh TREE OUT.deb
#
# TREE holds `gossamer` or `bin/gossamer`, one executable file, as dist/<target>/ does, or is a tree made by
# packaging/portable.sh. The same TREE and SOURCE_DATE_EPOCH (else the last commit's time) give the same bytes.
#
#   DEB_VERSION      version of the package; else the program's, with -1
#   DEB_MAINTAINER   who answers for it: Name <address>
#   DEB_COMPRESSION  xz (default), gzip or none
#
# A binary for another kind of processor can't be asked for its man page: then `deno` has to be in PATH.
set -eu
export LC_ALL=C
umask 022
say() { printf '%s\n' "$*" >&2; }
fail() { printf '%s\n' "deb/build.sh: $*" >&2; exit 1; }
[ $# = 2 ] || fail "usage: packaging/deb/build.sh TREE OUT.deb"
tree=$1
out=$2
packaging=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
project=${packaging%/*}
for program in dpkg-deb md5sum gzip od; do
  command -v "$program" > /dev/null || fail "$program is not installed"
done

if [ -f "$tree/lib/gossamer/deno" ] && [ -f "$tree/bin/gossamer" ]; then
  kind=portable program=$tree/bin/gossamer native=$tree/lib/gossamer/deno
elif [ -f "$tree/bin/gossamer" ]; then
  kind=binary program=$tree/bin/gossamer native=$program
elif [ -f "$tree/gossamer" ]; then
  kind=binary program=$tree/gossamer native=$program
else
  fail "$tree holds neither gossamer nor bin/gossamer"
fi

# Bytes 18 and 19 of an ELF file name its machine.
case "$(od -An -tx1 -N4 "$native" | tr -d ' ')" in
  7f454c46) ;;
  *) fail "$native is no program for Linux" ;;
esac
case "$(od -An -tx1 -j18 -N2 "$native" | tr -d ' ')" in
  3e00) architecture=amd64 ;;
  b700) architecture=arm64 ;;
  *) fail "$native is for neither amd64 nor arm64" ;;
esac

program_version=$(sed -n 's/^export const VERSION = "\([^"]*\)".*/\1/p' "$project/src/node/version.ts")
[ -n "$program_version" ] || fail "src/node/version.ts names no version"
version=${DEB_VERSION:-$program_version-1}
maintainer=${DEB_MAINTAINER:-The Gossamer authors <gossamer@gossamer.invalid>}
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct 2> /dev/null || echo 0)}
export SOURCE_DATE_EPOCH="$epoch"

work=$(mktemp -d "${TMPDIR:-/tmp}/gossamer-deb-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/root
doc=$root/usr/share/doc/gossamer
mkdir -p "$root/DEBIAN" "$root/usr/bin" "$doc" "$root/etc/default" "$root/usr/lib/systemd/system" \
  "$root/usr/lib/systemd/user" "$root/usr/share/lintian/overrides"

cp "$program" "$root/usr/bin/gossamer"
chmod 755 "$root/usr/bin/gossamer"
if [ "$kind" = portable ]; then cp -R "$tree/lib/gossamer" "$root/usr/lib/gossamer"; fi

# The man page and the like come from the program, or, where that is for another machine, from its sources.
cp "$packaging/shared_files.sh" "$work/shared_files.sh"
if "$program" version > /dev/null 2>&1; then
  sh "$work/shared_files.sh" "$root/usr" "$program"
elif command -v deno > /dev/null; then
  (cd "$project" && sh "$work/shared_files.sh" "$root/usr" deno task --quiet gossamer)
else
  fail "$program doesn't run here, and there is no deno to make the man page with"
fi

cp "$packaging/systemd/gossamer.service" "$root/usr/lib/systemd/system/gossamer.service"
cp "$packaging/systemd/gossamer.user.service" "$root/usr/lib/systemd/user/gossamer.service"
cp "$packaging/deb/default" "$root/etc/default/gossamer"
cp "$packaging/deb/lintian-overrides" "$root/usr/share/lintian/overrides/gossamer"
cp "$packaging/deb/README.Debian" "$doc/README.Debian"
gzip -9n < "$project/CHANGELOG.md" > "$doc/changelog.gz"
{
  printf 'gossamer (%s) unstable; urgency=medium\n\n' "$version"
  printf '  * What changed stands in changelog.gz.\n\n'
  printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$epoch")"
} | gzip -9n > "$doc/changelog.Debian.gz"

licenses=
for file in "$tree/THIRD_PARTY_LICENSES" "$tree/../THIRD_PARTY_LICENSES" "$project/THIRD_PARTY_LICENSES"; do
  for name in "$file" "$file.txt" "$file.md"; do
    if [ -z "$licenses" ] && [ -f "$name" ]; then licenses=$name; fi
  done
done
if [ -n "$licenses" ]; then
  gzip -9n < "$licenses" > "$doc/THIRD_PARTY_LICENSES.gz"
elif [ "$kind" = portable ]; then
  sh "$packaging/third_party.sh" "$tree" | gzip -9n > "$doc/THIRD_PARTY_LICENSES.gz"
else
  fail "there is no THIRD_PARTY_LICENSES beside the binary; a package has to name the licenses of what is in it"
fi
{
  cat "$packaging/deb/copyright"
  sed -n '/^Permission/,$s/^$/./; /^Permission/,$s/^/ /p' "$project/LICENSE"
} > "$doc/copyright"

size=$(find "$root" -type f ! -path "$root/DEBIAN/*" -printf '%s\n' | awk '{ sum += $1 } END { print int(sum / 1024) + 1 }')
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  -e "s|@MAINTAINER@|$maintainer|" "$packaging/deb/control" > "$root/DEBIAN/control"
echo /etc/default/gossamer > "$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
  cp "$packaging/deb/$script" "$root/DEBIAN/$script"
  chmod 755 "$root/DEBIAN/$script"
done
(cd "$root" && find usr -type f | sort | while read -r file; do md5sum "$file"; done) > "$root/DEBIAN/md5sums"

chmod -R u=rwX,go=rX "$root"
find "$root" -exec touch -h -d "@$epoch" {} +
[ "${DEB_COMPRESSION:-xz}" != xz ] || say "Compressing: this takes a minute."
dpkg-deb --root-owner-group -Z"${DEB_COMPRESSION:-xz}" --build "$root" "$work/out.deb" > /dev/null
mv "$work/out.deb" "$out"
say "Made $out: gossamer $version for $architecture."
