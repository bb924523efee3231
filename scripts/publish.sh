#!/usr/bin/env bash
# Makes one self-contained executable for each platform: scripts/publish.sh [--bench] [RID...], where a RID is linux-x64 (the
# default), win-x64, osx-arm64 or another that .NET knows. It goes to artifacts/RID and needs nothing installed. Trimmed; a
# trimming warning is an error. --bench makes our side of the comparisons in bench/Peers instead, in artifacts/bench-RID, so that
# they can be made where there is no .NET: see scripts/gpu-check.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

project=src/Cli folder=artifacts/ commit=()
if [ "${1:-}" = --bench ]; then
  shift
  # What the comparisons print as their commit, where no repository can be asked.
  revision=$(git rev-parse --short HEAD)$([ -z "$(git status --porcelain src)" ] || echo " with changes")
  project=bench/Peers folder=artifacts/bench- commit=("-p:SourceRevisionId=$revision")
fi

failed=()
for rid in "${@:-linux-x64}"; do
  target=$folder$rid
  echo "== $target"
  rm -rf "$target"
  # A folder of its own for what is built on the way, so that the usual build stays as it is.
  if dotnet publish "$project" -c Release -r "$rid" --self-contained --artifacts-path artifacts/build -o "$target" -v quiet "${commit[@]}" \
    -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true \
    -p:DebugType=none -p:PublishDocumentationFiles=false; then
    find "$target" -type f -exec ls -l {} + | awk '{ printf "%s  %.1f MB\n", $NF, $5 / 1e6 }'
  else
    echo "$rid could not be published; if it is the runtime pack that cannot be restored, Microsoft.NETCore.App.Runtime.$rid is not served by the package source"
    failed+=("$rid")
  fi
done

[ ${#failed[@]} = 0 ] && exit 0
echo "FAILED: ${failed[*]}" >&2
exit 1
