#!/usr/bin/env bash
# Times our tensor operations on an NVIDIA GPU against PyTorch with cuBLAS and cuDNN, alternating in one run:
#   bench/Peers/gpu.sh [--out FOLDER] [GROUP...]     groups: matmul tf32 conv lstm map norm step recipe; all by default
# --out writes FOLDER/gpu.md; groups that are not measured keep their earlier results. PYTHON names another interpreter.
# Training steps (step, recipe) are timed on cuda and on cuda+graphs. Without .NET, publish our side elsewhere with
# scripts/publish.sh --bench, copy it and this folder, and name it:
#   ENGINE_PEERS=FOLDER/Engine.Peers bench/Peers/gpu.sh ...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
# --device, which the help hides, is for trying this script without a GPU.
if [[ " $* " != *" --device "* ]] && ! "$python" -c "import sys, torch; sys.exit(not torch.cuda.is_available())" 2> /dev/null; then
    echo "gpu.sh: $python has no PyTorch that sees a CUDA device. On a machine with one: pip install torch" >&2
    exit 1
fi

if [ -n "${ENGINE_PEERS:-}" ]; then
    server=$(realpath "$ENGINE_PEERS")
    [ -x "$server" ] || { echo "gpu.sh: ENGINE_PEERS is $ENGINE_PEERS; there is no program of that name" >&2; exit 1; }
else
    cd "$here/../.."
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    dotnet build bench/Peers/Engine.Peers.csproj -c Release -v q --nologo > "$log" || { cat "$log" >&2; exit 1; }
    server=bench/Peers/bin/Release/net10.0/Engine.Peers.dll
fi
"$python" "$here/gpu_peer.py" --server "$server" "$@"
