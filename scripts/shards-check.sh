#!/usr/bin/env bash
# Checks shards at scale: 20,000 short songs in 16 parts, three of which are killed half-way and made again, must merge to what
# one command writes; a part that is missing, torn or of something else must be named. TRACKS sets the number of songs of each of
# ten genres. ENGINE names the program; by default the one that `dotnet build src/Cli -c Release` makes.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=$(realpath "${ENGINE:-src/Cli/bin/Release/net10.0/engine}")
[ -x "$engine" ] || { echo "shards-check.sh: there is no $engine; build it, or name it by ENGINE" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
parts=16 tracks=${TRACKS:-2000}

say() { printf '%-64s %s\n' "$1" "$2"; }
fail() { say "$1" FAILED; failed=1; }

part() { "$engine" "${command[@]}" --shard "$1/$parts" --out "parts/$1.csv" --threads 1 --no-cache --quiet > /dev/null; }

# Half-way: when as much time has passed as half of a part takes.
interrupted() {
  setsid "$engine" "${command[@]}" --shard "$1/$parts" --out "parts/$1.csv" --threads 1 --no-cache --quiet > /dev/null &
  local process=$!
  sleep "$half"
  kill -KILL "$process" 2> /dev/null || { fail "part $1 was finished before it was killed"; return; }
  wait "$process" 2> /dev/null || true
  [ ! -e "parts/$1.csv" ] || fail "part $1, killed, has left a file"
}

names() { # WHAT PATTERN PART...: merging fails, and the message names the part.
  local what=$1 pattern=$2
  shift 2
  if "$engine" merge "$@" --out merged.csv --force 2> message; then fail "$what is accepted"; return; fi
  grep -q -- "$pattern" message && say "$what" "$(cat message)" || { cat message >&2; fail "$what is not named"; }
}

check() {
  echo "engine ${command[*]}"
  rm -rf parts
  mkdir parts
  "$engine" "${command[@]}" --out whole.csv --force --no-cache --quiet > /dev/null
  local begun
  begun=$(date +%s%N)
  part 1
  half=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { print ns / 2e9 }')
  for i in 4 9 14; do interrupted "$i"; done
  seq 2 "$parts" | xargs -P "$(nproc)" -I{} "$engine" "${command[@]}" --shard "{}/$parts" --out parts/{}.csv --threads 1 \
    --no-cache --quiet > /dev/null
  "$engine" merge parts/*.csv --out merged.csv --force --quiet > /dev/null
  cmp merged.csv whole.csv && say "merged, $(wc -l < whole.csv) lines, $(stat -c %s whole.csv) bytes" same || fail "merged differs"
  names "a missing part" "of 16 parts, 1 is missing: 7" $(ls parts/*.csv | grep -v '/7.csv')
  cp parts/5.csv kept
  truncate -s -100 parts/5.csv
  names "a torn part" "parts/5.csv: is torn" parts/*.csv
  mv kept parts/5.csv
  mkdir -p foreign
  "$engine" features corpus/amberwaltz --set chroma --shard 3/16 --out foreign/3.csv --threads 1 --force --quiet > /dev/null
  names "a foreign part" "foreign/3.csv: was made by another command" $(ls parts/*.csv | grep -v '/3.csv') foreign/3.csv
}

"$engine" synth corpus --tracks "$tracks" --seconds 1 --quiet > /dev/null
command=(features corpus --set mfcc)
check
"$engine" synth learned --tracks 20 --seconds 1 --seed 2 --quiet > /dev/null
"$engine" train learned --recipe gtzan57-knn --split stratified --out run --no-cache --quiet > /dev/null
command=(predict run corpus)
check
exit $failed
