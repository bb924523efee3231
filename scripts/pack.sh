#!/usr/bin/env bash
# Makes the packages and the .NET tool: scripts/pack.sh puts them into artifacts/packages. The same commit gives the same bytes
# wherever it is packed: sources are named /_/src/..., and the files in a package bear the commit's time.
# scripts/pack.sh baseline, at a release, replaces src/Baseline: the public API with which later packages must be compatible.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

case ${1:-} in
  '') target=artifacts/packages properties=() ;;
  baseline) target=src/Baseline properties=(-p:PackageOfReferenceAssembly=true) ;;
  *) echo "pack.sh: '$1' is not 'baseline'" >&2; exit 2 ;;
esac

# Without git there is no commit: files bear the time of the Unix epoch's first day that zip knows.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
mkdir -p "$target"
rm -f "$target"/*.nupkg "$target"/*.snupkg
dotnet pack src/Packages.slnf -c Release --artifacts-path artifacts/build -o "$target" -v quiet -warnaserror \
  -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false \
  -p:ContinuousIntegrationBuild=true "${properties[@]}"

if [ "$target" = src/Baseline ]; then
  # The name carries no version: each release replaces the one before.
  for package in "$target"/*.nupkg; do mv "$package" "$(sed -E 's/\.[0-9]+\.[0-9]+\.[0-9][^/]*\.nupkg$/.nupkg/' <<< "$package")"; done
fi
find "$target" -name '*.*nupkg' -exec ls -l {} + | awk '{ printf "%s  %.0f kB\n", $NF, $5 / 1000 }' | sort
