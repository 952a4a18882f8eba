#!/bin/sh
# Installs Gossamer for your own account, without root: loads the binary of a release for this machine, compares it
# with the release's SHA256SUMS, and puts it into ~/.local/bin. Nothing is placed before the checksum is right.
#
#   sh install.sh [--version VERSION] [--completions] [--man] [--handler] [--service]
#   sh install.sh --uninstall
#
# GOSSAMER_BASE_URL  where releases lie, with a folder vVERSION for each: https://, or http:// of this very machine
#                    (127.0.0.1), or file://. The installer of a release knows its own.
# GOSSAMER_BIN_DIR   where the program goes, instead of ~/.local/bin
#
# A checksum from the same place as the binary finds a damaged download, not a forged release: that is what the
# attestations of a release are for (see packaging/README.md).
set -eu
export LC_ALL=C
umask 022
# Filled in where a release is made; from the sources nobody can tell where that will be.
default_base=
default_version=0.1.0

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "install.sh: $*" >&2
  exit 1
}
usage() {
  sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" | sed '/^set -eu/d'
}

version=$default_version completions=no manual=no handler=no service=no uninstall=no
while [ $# -gt 0 ]; do
  case "$1" in
    --version)
      [ $# -ge 2 ] || fail "--version needs a version"
      version=${2#v}
      shift ;;
    --completions) completions=yes ;;
    --man) manual=yes ;;
    --handler) handler=yes ;;
    --service) service=yes ;;
    --uninstall) uninstall=yes ;;
    -h | --help)
      usage
      exit 0 ;;
    *) fail "there is no option $1; --help shows them" ;;
  esac
  shift
done
# It becomes part of a URL and of a path.
case "$version" in
  '' | *[!0-9A-Za-z.+-]* | *..* | [!0-9]*) fail "$version is no version" ;;
esac

case "${HOME:-}" in /*) ;; *) fail "HOME doesn't say where your files lie" ;; esac
bin=${GOSSAMER_BIN_DIR:-$HOME/.local/bin}
case "$bin" in /*) ;; *) fail "GOSSAMER_BIN_DIR has to be a whole path" ;; esac
case "${XDG_DATA_HOME:-}" in /*) data=$XDG_DATA_HOME ;; *) data=$HOME/.local/share ;; esac
case "${XDG_CONFIG_HOME:-}" in /*) config=$XDG_CONFIG_HOME ;; *) config=$HOME/.config ;; esac
program=$bin/gossamer
bash_file=$data/bash-completion/completions/gossamer
zsh_file=$data/zsh/site-functions/_gossamer
fish_file=$config/fish/completions/gossamer.fish
man_file=$data/man/man1/gossamer.1
unit_file=$config/systemd/user/gossamer.service
entry_file=$data/applications/gossamer-g.desktop

remove() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    rm -f "$1"
    say "Removed $1"
  fi
}

if [ "$uninstall" = yes ]; then
  if [ -e "$unit_file" ] && command -v systemctl > /dev/null; then
    systemctl --user disable --now gossamer.service > /dev/null 2>&1 || true
  fi
  for file in "$program" "$bash_file" "$zsh_file" "$fish_file" "$man_file" "$unit_file" "$entry_file"; do
    remove "$file"
  done
  case "$(uname -s)" in
    Darwin) folder="$HOME/Library/Application Support/gossamer" ;;
    *) folder=$data/gossamer ;;
  esac
  if [ -d "$folder" ]; then
    say "Your data are left in $folder, identities and their keys too."
    say "To destroy them, install Gossamer again and run: gossamer obliterate --everything"
  else
    say "There are no data in $folder."
  fi
  exit 0
fi

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64 | Linux-amd64) target=x86_64-unknown-linux-gnu ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-gnu ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64 | Darwin-aarch64) target=aarch64-apple-darwin ;;
  *) fail "there is no binary for $(uname -s) on $(uname -m). From the sources it runs wherever Deno does: see README" ;;
esac
asset=gossamer-$target

base=${GOSSAMER_BASE_URL:-$default_base}
base=${base%/}
[ -n "$base" ] || fail "say with GOSSAMER_BASE_URL where the releases lie"
case "$base/" in
  https://*) ;;
  file:///*) ;;
  http://127.0.0.1/* | http://127.0.0.1:[0-9]*/*) ;;
  *) fail "GOSSAMER_BASE_URL is $base, which is neither https:// nor file:///, nor http://127.0.0.1/" ;;
esac
# A user name in front of the host would make another host of it.
case "$base" in *@*) fail "GOSSAMER_BASE_URL must not hold an @" ;; esac

if command -v curl > /dev/null; then loader=curl
elif command -v wget > /dev/null; then loader=wget
else
  case "$base" in
    file:///*) loader=none ;;
    *) fail "neither curl nor wget is installed" ;;
  esac
fi
if command -v sha256sum > /dev/null; then sum() { sha256sum "$1"; }
elif command -v shasum > /dev/null; then sum() { shasum -a 256 "$1"; }
else fail "neither sha256sum nor shasum is installed: without a checksum nothing is installed"
fi

work=
cleanup() {
  [ -z "$work" ] || rm -rf "$work"
  [ ! -e "$bin/.gossamer.$$" ] || rm -f "$bin/.gossamer.$$"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
work=$(mktemp -d "${TMPDIR:-/tmp}/gossamer-install-XXXXXX")

load() {
  case "$base" in
    file://*) cp "${base#file://}/v$version/$1" "$work/$1" 2> /dev/null ;;
    https://*)
      if [ "$loader" = curl ]; then
        curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --tlsv1.2 \
          --output "$work/$1" "$base/v$version/$1"
      else
        # Its --https-only means links on pages, not redirections: those to http:// get a proxy that isn't there.
        wget --quiet -e use_proxy=yes -e http_proxy=http://127.0.0.1:1/ --output-document="$work/$1" "$base/v$version/$1"
      fi ;;
    *)
      if [ "$loader" = curl ]; then
        curl --fail --silent --show-error --noproxy '*' --output "$work/$1" "$base/v$version/$1"
      else
        wget --quiet --no-proxy --max-redirect=0 --output-document="$work/$1" "$base/v$version/$1"
      fi ;;
  esac || fail "$base/v$version/$1 could not be loaded. Nothing was installed."
}

say "Loading Gossamer $version for $target"
load SHA256SUMS
load "$asset"
sum_of() {
  awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS"
}
wanted=$(sum_of "$asset")
case "$wanted" in
  *[!0-9a-f]* | '') fail "SHA256SUMS has no single checksum of $asset. Nothing was installed." ;;
esac
[ "${#wanted}" = 64 ] || fail "SHA256SUMS has no checksum of $asset. Nothing was installed."
found=$(sum "$work/$asset" | cut -d ' ' -f 1)
if [ "$found" != "$wanted" ]; then
  fail "$asset is damaged or not the one of this release: its SHA-256 is $found, not $wanted. Nothing was installed."
fi

# Beside its place first, so that the last step is a single rename: a program that runs keeps its old file.
mkdir -p "$bin"
cp "$work/$asset" "$bin/.gossamer.$$"
chmod 755 "$bin/.gossamer.$$"
if ! "$bin/.gossamer.$$" version > "$work/version" 2> "$work/error"; then
  cat "$work/error" >&2
  fail "the program doesn't run on this machine. Nothing was installed."
fi
before=
[ ! -x "$program" ] || before=$("$program" version 2> /dev/null || true)
mv -f "$bin/.gossamer.$$" "$program"
if [ -n "$before" ]; then say "Installed $program, version $(cat "$work/version") in place of $before"
else say "Installed $program, version $(cat "$work/version")"
fi

place() {
  mkdir -p "$(dirname "$1")"
  cat > "$work/place"
  [ -s "$work/place" ] || fail "$program is installed, but it gave nothing for $1"
  mv -f "$work/place" "$1"
  say "Installed $1"
}
if [ "$completions" = yes ]; then
  "$program" completions bash | place "$bash_file"
  "$program" completions zsh | place "$zsh_file"
  "$program" completions fish | place "$fish_file"
fi
if [ "$manual" = yes ]; then "$program" man | place "$man_file"; fi
if [ "$handler" = yes ]; then "$program" install-handler; fi
if [ "$service" = yes ]; then
  load gossamer.user.service
  wanted=$(sum_of gossamer.user.service)
  [ "$(sum "$work/gossamer.user.service" | cut -d ' ' -f 1)" = "$wanted" ] ||
    fail "$program is installed, but the unit's checksum is wrong, so it isn't"
  # systemd takes % for its own.
  path=$(printf '%s' "$program" | sed 's/%/%%/g; s/[&|\\]/\\&/g')
  sed "s|/usr/bin/gossamer|\"$path\"|" "$work/gossamer.user.service" | place "$unit_file"
  say "Not started: systemctl --user daemon-reload && systemctl --user enable --now gossamer"
fi

case ":${PATH:-}:" in
  *":$bin:"*) ;;
  *) say "$bin is not in your PATH: add it, or start $program" ;;
esac
if [ -n "$before" ]; then say "A node that runs goes on with the old version until you start it again."; fi
