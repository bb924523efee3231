#!/usr/bin/env bash
# Times our FFT and STFT against FFTW and SciPy, all in one run on this machine, one thread each:
#   bench/Peers/fft.sh [--quick] [--out FILE.md]
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
missing=()
command -v gcc > /dev/null || missing+=(gcc)
[ -e /usr/include/fftw3.h ] || missing+=(libfftw3-dev)
command -v "$python" > /dev/null || missing+=(python3)
for module in numpy scipy; do
    "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$module') is None)" 2> /dev/null || missing+=("python3-$module")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "fft.sh: not installed: ${missing[*]}. On Debian: apt install ${missing[*]}" >&2
    exit 1
fi

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
gcc -O3 -march=native -shared -fPIC bench/Peers/fftw.c -o "$build/libpeer.so" -lfftw3f -lm
dotnet build bench/Peers/Engine.Peers.csproj -c Release -v q --nologo > "$build/log" || { cat "$build/log" >&2; exit 1; }
exec_args=("$python" bench/Peers/fft.py --library "$build/libpeer.so" --server bench/Peers/bin/Release/net10.0/Engine.Peers.dll "$@")
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "${exec_args[@]}"
