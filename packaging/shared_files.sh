#!/bin/sh
# Makes the man page, the completions and the handler's entry with the program itself, below OUT/share:
#   packaging/shared_files.sh OUT PROGRAM…
set -eu
umask 022
[ $# -ge 2 ] || { echo "usage: packaging/shared_files.sh OUT PROGRAM..." >&2; exit 1; }
share=$1/share
shift
mkdir -p "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/vendor-completions" \
  "$share/fish/vendor_completions.d" "$share/applications"
"$@" man > "$share/man/man1/gossamer.1"
[ -s "$share/man/man1/gossamer.1" ] || { echo "shared_files.sh: $1 prints no man page" >&2; exit 1; }
gzip -9n "$share/man/man1/gossamer.1"
"$@" completions bash > "$share/bash-completion/completions/gossamer"
"$@" completions zsh > "$share/zsh/vendor-completions/_gossamer"
"$@" completions fish > "$share/fish/vendor_completions.d/gossamer.fish"
"$@" install-handler --print > "$share/applications/gossamer-g.desktop"
