#!/usr/bin/env bash
# Times our tensor operations on an NVIDIA GPU against PyTorch with cuBLAS and cuDNN, taking turns in one run:
#   bench/Peers/gpu.sh [--out FOLDER] [GROUP...]     groups: matmul tf32 conv lstm map norm step; all by default
# --out writes FOLDER/gpu.md; groups that were not measured keep what stands there. PYTHON names another interpreter.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
if ! "$python" -c "import sys, torch; sys.exit(not torch.cuda.is_available())" 2> /dev/null; then
    echo "gpu.sh: $python has no PyTorch that sees a CUDA device. On a machine with one: pip install torch" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build bench/Engine.Bench.csproj -c Release -v q --nologo > "$log" || { cat "$log" >&2; exit 1; }
"$python" bench/Peers/gpu_peer.py --server bench/bin/Release/net10.0/Engine.Bench.dll "$@"
