#!/bin/sh
# Makes a portable tree: Gossamer with the Deno that runs it, all packages included. It needs no network, no
# Deno and no Node where it is used, and may be read-only.
#
#   packaging/portable.sh OUT      OUT must not be there; needs npm, tar and Deno (or npx, which brings it)
set -eu
export LC_ALL=C
umask 022
say() { printf '%s\n' "$*" >&2; }
fail() { printf '%s\n' "portable.sh: $*" >&2; exit 1; }
[ $# = 1 ] || fail "usage: packaging/portable.sh OUT"
out=$1
[ ! -e "$out" ] || fail "$out is there already; nothing is overwritten"
project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

# The very Deno that the tests run with. npm checks what it loads against the registry; this, the registry.
version=2.9.6
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    package=@deno/linux-x64-glibc
    sha512=de67784ca2c2bb3b0b0e67cea02e4a37b34065ac525643209bae2f83a7e80f4d090400c2a584b6ff942a5dfce09cfe59433de22cff6f05026d120735d7a380a1 ;;
  *) fail "there is no tree for $(uname -s) $(uname -m): only for Linux on x86_64 with glibc" ;;
esac
for program in npm tar sha512sum; do
  command -v "$program" > /dev/null || fail "$program is not installed"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/gossamer-portable-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

say "Loading $package@$version from npm."
(cd "$work" && npm pack --loglevel=error "$package@$version" > /dev/null) || fail "npm can't load $package@$version"
archive=$(echo "$work"/*.tgz)
printf '%s  %s\n' "$sha512" "$archive" | sha512sum --check --quiet - > /dev/null 2>&1 ||
  fail "$package@$version isn't the one that this script knows; nothing was made"
mkdir "$work/package"
tar -xzf "$archive" -C "$work/package" --strip-components=1 --no-same-owner
deno=$work/package/deno
chmod 755 "$deno"

tree=$work/tree
lib=$tree/lib/gossamer
mkdir -p "$tree/bin" "$lib/app"
cp "$deno" "$lib/deno"
cp "$project/main.ts" "$project/deno.lock" "$project/LICENSE" "$lib/app/"
cp -R "$project/src" "$lib/app/src"

export DENO_NO_UPDATE_CHECK=1 DENO_DIR="$work/build"
"$deno" run --quiet --no-config --no-lock --allow-read --allow-write \
  "$project/packaging/portable_app.ts" make "$project" "$tree"
say "Loading the packages that it uses."
# The lock file of the smaller deno.json: what was locked stays, what only tests use goes.
(cd "$lib/app" && DENO_DIR="$lib/cache" "$deno" install --quiet --entrypoint main.ts)
"$deno" run --quiet --no-config --no-lock --allow-read \
  "$project/packaging/portable_app.ts" check "$project" "$tree"

# Only packages stay of the cache: the rest differs from build to build, and holds this machine's paths.
for entry in "$lib/cache"/*; do
  [ "${entry##*/}" = npm ] || rm -rf "$entry"
done
# The registry's lists of versions are not needed beside a lock file, and change by themselves.
find "$lib/cache" -type f \( -name registry.json -o -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
find "$tree" -type d -empty -delete
# Where Deno would put what it works out at each start lies something else, so that a tree stays as it is
# even where root runs it. It then works those out anew, and says nothing.
echo "Nothing is cached in a tree." > "$lib/cache/gen"
cp "$lib/cache/gen" "$lib/cache/node_compat_bin"
for name in check dep_analysis fast_check node_analysis v8_code; do
  mkdir "$lib/cache/${name}_cache_v2"
  cp "$lib/cache/gen" "$lib/cache/${name}_cache_v2/none"
done
# Neither started nor read here, and packages for Debian must not have them.
find "$lib/cache/npm" -type f \( -name .npmignore -o -name ".eslintrc*" -o -name cli.js \) -delete
find "$lib/app" "$lib/cache" -type f -exec chmod a-x {} +
find "$tree" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
chmod -R u=rwX,go=rX "$tree"

"$tree/bin/gossamer" version > /dev/null || fail "the tree doesn't run here"
mv "$tree" "$out"
say "Made $out: $out/bin/gossamer runs it."
