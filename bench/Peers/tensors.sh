#!/usr/bin/env bash
# Times our tensor operations against PyTorch with OpenBLAS, alternating in one run on this machine:
#   bench/Peers/tensors.sh [--out FOLDER] [GROUP...]     groups: matmul conv lstm map layout norm step recipe; all by default
# --out writes FOLDER/tensors.md; groups that are not measured keep their earlier results.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
missing=()
command -v "$python" > /dev/null || missing+=(python3)
"$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)" 2> /dev/null || missing+=(python3-torch)
ldconfig -p | grep libopenblas > /dev/null || missing+=(libopenblas0)
if [ ${#missing[@]} -gt 0 ]; then
    echo "tensors.sh: not installed: ${missing[*]}. On Debian: apt install ${missing[*]}" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build bench/Peers/Engine.Peers.csproj -c Release -v q --nologo > "$log" || { cat "$log" >&2; exit 1; }
"$python" bench/Peers/tensors_peer.py --server bench/Peers/bin/Release/net10.0/Engine.Peers.dll "$@"
