#!/usr/bin/env bash
# Times Engine beside LibTorch (with MKL and oneDNN) and ONNX Runtime on this machine's processors, in turns, and prints tables:
#   bench/Peers/compare.sh [GROUP...] [--only TEXT] [--rounds N] [--instructions avx2] [--out FOLDER] ...
# README.md beside it explains groups, options and columns. The peers come from NuGet, some 400 MB in the first run; nothing else
# needs to be installed. Linux on x64.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "compare.sh: this is $(uname -sm); the peers are built for Linux x86_64" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for project in bench/Peers bench/Peers/LibTorch bench/Peers/OnnxRuntime; do
    dotnet build $project -c Release -v q --nologo -warnaserror > "$log" || { cat "$log" >&2; exit 1; }
done
peers=bin/Release/net10.0/linux-x64
dotnet bench/Peers/bin/Release/net10.0/Engine.Peers.dll compare "$@" \
    --libtorch bench/Peers/LibTorch/$peers/Engine.Peers.LibTorch.dll \
    --onnxruntime bench/Peers/OnnxRuntime/$peers/Engine.Peers.OnnxRuntime.dll
