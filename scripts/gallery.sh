#!/usr/bin/env bash
# Writes the pictures of docs/gallery.md anew: runs the commands of its sh blocks in a new folder, the pictures going to
# docs/gallery. ENGINE names the program; by default the one that `dotnet build src/Cli -c Release` makes.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${ENGINE:-src/Cli/bin/Release/net10.0/engine}")
[ -x "$program" ] || { echo "gallery.sh: there is no $program; build it, or name it by ENGINE" >&2; exit 1; }
page=$PWD/docs/gallery.md pictures=$PWD/docs/gallery
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$pictures"
cd "$work"
ln -s "$pictures" gallery
engine() { "$program" "$@"; }
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$page" > commands
while IFS= read -r line; do
  echo "$line"
  # Pictures of before are replaced.
  case $line in *" --out gallery/"*) line="$line --force" ;; esac
  eval "$line" > output 2>&1 < /dev/null || { cat output >&2; exit 1; }
done < commands
ls -l "$pictures" | awk 'NR > 1 { printf "%7.1f KB  %s\n", $5 / 1000, $NF }'
