#!/usr/bin/env bash
# Checks and times Engine on an NVIDIA GPU, in at most ten minutes:
#   scripts/gpu-check.sh [--out FILE.md]
# self-test of every operation, start-up, then products, convolutions, LSTM, memory-bound kernels and the training step of every
# network recipe beside PyTorch. Prints one table; --out also writes it as Markdown. Needs neither .NET nor git nor a network:
# publish elsewhere with scripts/publish.sh and scripts/publish.sh --bench, copy artifacts, scripts and bench/Peers, and run it
# there. PYTHON names an interpreter with PyTorch; without PyTorch our own figures are printed. ENGINE and ENGINE_PEERS name the
# two executables if they are not in artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3} engine=${ENGINE:-artifacts/linux-x64/engine} peers=${ENGINE_PEERS:-artifacts/bench-linux-x64/Engine.Peers}
device=cuda out=
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?gpu-check.sh: --out needs a file}; shift 2 ;;
    # For trying this script where there is no GPU.
    --device) device=${2:?gpu-check.sh: --device needs a name}; shift 2 ;;
    *) echo "gpu-check.sh: '$1' is not one of --out FILE.md" >&2; exit 2 ;;
  esac
done

for program in "$engine" "$peers"; do
  [ -x "$program" ] || { echo "gpu-check.sh: there is no $program; scripts/publish.sh and scripts/publish.sh --bench make both" >&2; exit 1; }
done

if ! "$engine" devices | grep "^$device " > /dev/null; then
  "$engine" devices >&2
  exit 1
fi

report=$(mktemp)
trap 'rm -f "$report"' EXIT
failed=0
start=$SECONDS
{
  echo "# Engine on a GPU"
  echo
  "$engine" --version | sed 's/^/- engine /'
  "$engine" devices | grep "^$device " | sed 's/^/- /'
  command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=name,driver_version,power.limit,clocks.max.sm,clocks.max.memory --format=csv,noheader | sed 's/^/- card: /'
  echo "- made by: \`scripts/gpu-check.sh\`, $(date +%F)"
  echo
  echo "## Self-test"
  echo
  echo '```'
} | tee "$report"
timeout 180 "$engine" selftest --device "$device" 2>&1 | tail -n 25 | tee -a "$report" || failed=1
{
  echo '```'
  echo
  echo "## Start-up"
  echo
  echo '```'
} | tee -a "$report"
timeout 120 "$engine" bench --device "$device" --startup --recipe cs464-conv2d --recipe cs464-lstm --recipe cortis-cnn-mfcc 2>&1 | tee -a "$report" || failed=1
printf '```\n\n' | tee -a "$report"
left=$((580 - SECONDS + start))
timeout $((left > 60 ? left : 60)) "$python" bench/Peers/gpu_peer.py --server "$peers" --device "$device" --seconds $((left > 60 ? left - 20 : 40)) 2>&1 | tee -a "$report" || failed=1
[ -z "$out" ] || { mkdir -p "$(dirname "$out")" && cp "$report" "$out"; }
exit $failed
