#!/bin/sh
# Prints the licenses of the packages in a portable tree, as their authors wrote them:
#   packaging/third_party.sh TREE
set -eu
export LC_ALL=C
if [ $# != 1 ] || ! [ -d "$1/lib/gossamer/cache/npm" ]; then
  echo "usage: packaging/third_party.sh TREE" >&2
  exit 1
fi
cat << 'TEXT'
Gossamer comes with Deno 2.9.6 (https://deno.com), copyright 2018-2026 the Deno authors, under the MIT
license, which holds V8 (BSD 3-clause), SQLite (public domain), Rust crates and more: see
https://github.com/denoland/deno/tree/v2.9.6. The packages beside it, with their licenses:
TEXT
find "$1/lib/gossamer/cache/npm" -name package.json -path '*/[0-9]*.[0-9]*.[0-9]*/package.json' | sort |
  while read -r manifest; do
    folder=${manifest%/package.json}
    # Below a package may be further files of that name.
    case "$folder" in */[0-9]*.[0-9]*.[0-9]*/*) continue ;; esac
    name=${folder#"$1"/lib/gossamer/cache/npm/*/}
    printf '\n%s\n%s\n' "----------------------------------------" "$name"
    sed -n 's/^  "license": *"\([^"]*\)".*/License: \1/p' "$manifest"
    for file in "$folder"/[Ll][Ii][Cc][Ee][Nn][SsCc][Ee]* "$folder"/NOTICE* "$folder"/COPYING*; do
      [ -f "$file" ] || continue
      echo
      cat "$file"
    done
  done
