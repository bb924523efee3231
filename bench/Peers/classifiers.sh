#!/usr/bin/env bash
# Times our classifiers against scikit-learn, alternating in one run on this machine:
#   bench/Peers/classifiers.sh [--out FOLDER] [GROUP...]     groups: knn kmeans pca forest; all by default
# --out writes FOLDER/classifiers.md; groups that are not measured keep their earlier results.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
missing=()
command -v "$python" > /dev/null || missing+=(python3)
"$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('sklearn') is None)" 2> /dev/null || missing+=(python3-sklearn)
if [ ${#missing[@]} -gt 0 ]; then
    echo "classifiers.sh: not installed: ${missing[*]}. On Debian: apt install ${missing[*]}" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet build bench/Peers/Engine.Peers.csproj -c Release -v q --nologo > "$log" || { cat "$log" >&2; exit 1; }
"$python" bench/Peers/classifiers_peer.py --server bench/Peers/bin/Release/net10.0/Engine.Peers.dll "$@"
