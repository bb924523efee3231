#!/usr/bin/env bash
# Makes one self-contained executable for each platform: scripts/publish.sh [--bench|--quick] [RID...], where a RID is linux-x64 (the
# default), linux-arm64, win-x64, osx-arm64 or another that .NET knows. It goes to artifacts/RID and needs nothing installed.
# Trimmed; a trimming warning is an error. What each file is, and for which processor, is read from its first bytes.
# --quick leaves out trimming, compiling ahead and compression: made in a fifth of the time, for checks.
# --bench makes our side of the comparisons in bench/Peers instead, in artifacts/bench-RID, so that they can be made where there is
# no .NET: see scripts/gpu-check.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

project=src/Cli prefix=
properties=(-p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false -p:PublishSingleFile=true
  -p:EnableCompressionInSingleFile=true)
case ${1:-} in
  --bench)
    shift
    # What the comparisons print as their commit, where no repository can be asked.
    revision=$(git rev-parse --short HEAD)$([ -z "$(git status --porcelain src)" ] || echo " with changes")
    project=bench/Peers prefix=bench-
    properties+=("-p:SourceRevisionId=$revision")
    ;;
  --quick)
    shift
    properties=(-p:PublishSingleFile=true)
    ;;
  -*) echo "publish.sh: '$1' is not --bench or --quick" >&2; exit 2 ;;
esac

# bytes FILE OFFSET COUNT: in hexadecimal; number FILE OFFSET: four of them, the lowest first, as a number.
bytes() { od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'; }
number() { od -An -v -tu4 --endian=little -j "$2" -N 4 "$1" | tr -d ' \n'; }

# kind FILE: the platform for which it is, as its header says.
kind() {
  local file=$1 header
  case $(bytes "$file" 0 4) in
    7f454c46) case $(bytes "$file" 4 1)$(bytes "$file" 18 2) in 023e00) echo linux-x64 ;; 02b700) echo linux-arm64 ;; *) echo ELF ;; esac ;;
    4d5a*)
      header=$(number "$file" 60)
      case $(bytes "$file" "$header" 6) in 504500006486) echo win-x64 ;; 5045000064aa) echo win-arm64 ;; *) echo PE ;; esac
      ;;
    cffaedfe) case $(bytes "$file" 4 4) in 07000001) echo osx-x64 ;; 0c000001) echo osx-arm64 ;; *) echo Mach-O ;; esac ;;
    *) echo unknown ;;
  esac
}

# signed FILE: whether a Mach-O file ends with a signature (load command 29), without which macOS does not start it on an ARM.
signed() {
  local file=$1 at=32 left
  for ((left = $(number "$file" 16); left > 0; left--)); do
    if [ "$(number "$file" $at)" = 29 ]; then
      [ $(($(number "$file" $((at + 8))) + $(number "$file" $((at + 12))))) = "$(wc -c < "$file" | tr -d ' ')" ]
      return
    fi
    at=$((at + $(number "$file" $((at + 4)))))
  done
  return 1
}

failed=()
for rid in "${@:-linux-x64}"; do
  target=artifacts/$prefix$rid
  echo "== $target"
  rm -rf "$target"
  # A folder of its own for what is built on the way, so that the usual build stays as it is. What is compiled there for one
  # platform, or for packages, serves the next; the gate's build has analysed it.
  if ! dotnet publish "$project" -c Release -r "$rid" --self-contained --artifacts-path artifacts/build -o "$target" -v quiet \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:PublishDocumentationFiles=false \
    "${properties[@]}"; then
    echo "$rid could not be published; if it is the runtime pack that cannot be restored, Microsoft.NETCore.App.Runtime.$rid is not served by the package source"
    failed+=("$rid")
    continue
  fi

  find "$target" -name '*.pdb' -delete
  find "$target" -type f -exec ls -l {} + | awk '{ printf "%s  %.1f MB\n", $NF, $5 / 1e6 }'
  [ "$project" = src/Cli ] || continue
  program=$target/engine
  case $rid in win-*) program=$program.exe ;; esac
  found=$(kind "$program")
  if [ "$found" != "$rid" ]; then
    case $rid in
      linux-x64 | linux-arm64 | win-x64 | win-arm64 | osx-x64 | osx-arm64)
        echo "$program is for $found, not for $rid"
        failed+=("$rid")
        ;;
    esac
  elif [[ $rid == osx-* ]] && ! signed "$program"; then
    echo "$program is not signed: macOS would not start it"
    failed+=("$rid")
  fi
done

[ ${#failed[@]} = 0 ] && exit 0
echo "FAILED: ${failed[*]}" >&2
exit 1
