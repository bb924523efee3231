#!/usr/bin/env bash
# Two ranks of one thread beside one process of two threads, in turns: bench/Ranks/compare.sh [ROUNDS]. Prints a Markdown table
# of medians, for a command as a whole and, of trainings, for a step as --profile tells it. Checks that both give the same bytes.
# ENGINE names the program, by default the one that `dotnet build src/Cli -c Release` makes; LAUNCHER starts ranks.
set -euo pipefail
cd "$(dirname "$0")/../.."
engine=$(realpath "${ENGINE:-src/Cli/bin/Release/net10.0/engine}")
[ -x "$engine" ] || { echo "compare.sh: there is no $engine; build it, or name it by ENGINE" >&2; exit 1; }
rounds=${1:-5}
read -ra launcher <<< "${LAUNCHER:-mpirun --allow-run-as-root --oversubscribe --bind-to none -n 2}"
command -v "${launcher[0]}" > /dev/null || { echo "compare.sh: there is no ${launcher[0]}; install openmpi-bin" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ENGINE_CACHE=$work/cache
cd "$work"

"$engine" synth corpus --tracks 60 --quiet
# The same songs four times, under other names.
for genre in corpus/*/; do
  genre=$(basename "$genre")
  for copy in 1 2 3 4; do
    mkdir -p "large/$genre$copy"
    for song in corpus/"$genre"/*.wav; do ln "$song" "large/$genre$copy/$genre$copy.${song##*.0}"; done
  done
done
"$engine" train corpus --recipe gtzan57-svm --out svm --quiet > /dev/null

# run FILE COMMAND...: adds the command's seconds to FILE.
run() {
  local file=$1 start
  shift
  start=$(date +%s%N)
  "$@" > output 2> errors || { cat output errors >&2; exit 1; }
  awk -v t="$(($(date +%s%N) - start))" 'BEGIN { printf "%.3f\n", t / 1e9 }' >> "$file"
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# Milliseconds of a step, as the last output tells.
step() { sed -nE 's/.*steps:? +[0-9]+ of ([0-9.]+) ms.*/\1/p' output | head -1; }
row() {
  awk -v name="$1" -v one="$(median "$2")" -v two="$(median "$3")" -v unit="$4" \
    'BEGIN { printf "| %s | %.3g %s | %.3g %s | %.2f |\n", name, one, unit, two, unit, two / one }'
}

# pair NAME OUTPUT COMMAND...: both sides in turns. OUTPUT is what must be the same; @ in the command stands for its folder.
pair() {
  local name=$1 output=$2 side
  shift 2
  rm -f one two one-step two-step
  for ((round = 0; round < rounds; round++)); do
    for side in one two; do
      rm -rf "$side-out"
      mkdir "$side-out"
      local start=()
      [ $side = one ] || start=("${launcher[@]}")
      local threads=$([ $side = one ] && echo 2 || echo 1)
      run $side "${start[@]}" "$engine" "${@//@/$side-out}" --threads "$threads"
      step >> $side-step
    done
    cmp "one-out/$output" "two-out/$output" || { echo "compare.sh: $name gives other bytes" >&2; exit 1; }
  done
  row "$name" one two s
  if [ -s one-step ]; then row "$name, a step" one-step two-step ms; grep -E 'bytes sent|waited' output >&2; fi
}

echo "| work | one process, two threads | two ranks of one thread | ratio |"
echo "|---|---:|---:|---:|"
# So few songs that most of the difference is that of the start.
pair "features of 20 songs" f.csv features corpus/ironriff/ironriff.000[01]* --set gtzan57 --out @/f.csv --no-cache
pair "features of 600 songs" f.csv features corpus --set gtzan57 --out @/f.csv --no-cache
pair "features of 2,400 songs" f.csv features large --set gtzan57 --out @/f.csv --no-cache
pair "predict of 600 songs" p.csv predict svm corpus --format csv --out @/p.csv --no-cache
pair "predict of 2,400 songs" p.csv predict svm large --format csv --out @/p.csv --no-cache
# The features are in the cache after the first of these.
for recipe in cortis-cnn-mel cortis-mlp-fixed-3s; do
  epochs=$([ $recipe = cortis-cnn-mel ] && echo 3 || echo 200)
  "$engine" train corpus --recipe $recipe --set classifier.training.epochs=1 --out warm-$recipe --quiet > /dev/null
  pair "train $recipe" r/model.safetensors train corpus --recipe $recipe --set classifier.training.epochs=$epochs \
    --parts 2 --profile --out @/r
done
