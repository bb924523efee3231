#!/usr/bin/env bash
# Uses the packages that scripts/pack.sh made as a stranger would: in a new folder, with a package cache of its own, it installs the
# tool, trains a model with it, and runs the program of the README against GenreEngine.Pipeline. Checks the table in
# docs/packages.md too; scripts/check-packages.sh --table writes it anew instead.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
repository=$PWD packages=$PWD/artifacts/packages page=docs/packages.md
libraries=(Dsp Tensors Nn Classifiers Pipeline)
fail() { echo "check-packages.sh: $*" >&2; exit 1; }
command -v unzip > /dev/null || fail "unzip is missing; install it, for instance by: apt-get install unzip"
[ $# = 0 ] || [ "$*" = --table ] || { echo "check-packages.sh: '$*' is not --table" >&2; exit 2; }

work=$(mktemp -d)
mkdir "$work/contents"
trap 'rm -rf "$work"' EXIT
for name in "${libraries[@]}" Cli; do
  file=$(find "$packages" -name "GenreEngine.$name.*.nupkg" 2> /dev/null)
  [ -f "$file" ] || fail "there is no single GenreEngine.$name in artifacts/packages; scripts/pack.sh makes it"
  unzip -q -o "$file" -d "$work/contents/$name"
done
version=$(basename "$file" .nupkg) version=${version#GenreEngine.Cli.}

# What belongs into a package is there, and nothing that tells where it was made.
for name in "${libraries[@]}"; do
  for wanted in README.md "lib/net10.0/Engine.$name.dll" "lib/net10.0/Engine.$name.xml"; do
    [ -s "$work/contents/$name/$wanted" ] || fail "GenreEngine.$name lacks $wanted"
  done
  [ -f "$packages/GenreEngine.$name.$version.snupkg" ] || fail "GenreEngine.$name has no symbols"
done
! grep -rl "$repository" "$work/contents" || fail "these files name the folder that they were made in"
for library in "$work"/contents/Cli/tools/net10.0/any/*.dll; do
  name=$(basename "$library" .dll)
  case $name in engine | Engine.*) continue ;; esac
  grep -F "  $name" THIRD-PARTY-NOTICES.txt > /dev/null || fail "THIRD-PARTY-NOTICES.txt does not name $name"
done

# The table: sizes in kB, what a package needs.
row() {
  local name=$1 assembly=$2 needs
  needs=$(sed -nE 's/.*<dependency id="([^"]+)" version="([^"]+)".*/\1 \2/p' "$work/contents/$name"/*.nuspec | sed -E 's/^(GenreEngine\.[A-Za-z]+) .*/\1/' | paste -sd, - | sed 's/,/, /g')
  echo "| \`GenreEngine.$name\` | $(kilobytes "$packages/GenreEngine.$name.$version.nupkg") | $(kilobytes "$assembly") | ${needs:-nothing} |"
}
kilobytes() { find "$1" -type f -exec cat {} + | wc -c | awk '{ printf "%.0f", $1 / 1000 }'; }
{
  echo '| package | kB | unpacked | needs |'
  echo '|---|---|---|---|'
  for name in "${libraries[@]}"; do row "$name" "$work/contents/$name/lib/net10.0/Engine.$name.dll"; done
  row Cli "$work/contents/Cli/tools"
} > "$work/table"
if [ "${1:-}" = --table ]; then
  awk -v table="$work/table" '
    /^\| package/ { while ((getline line < table) > 0) print line; skip = 1 }
    skip && !/^\|/ { skip = 0 }
    !skip' "$page" > "$work/page"
  cp "$work/page" "$page"
  exit
fi
grep '^| `GenreEngine' "$page" > "$work/written" || true
grep '^| `GenreEngine' "$work/table" > "$work/made"
# A size may be a quarter off before the table must be written anew; what a package needs may not.
paste -d '\n' "$work/written" "$work/made" | awk -F ' *[|] *' '
  function near(a, b) { return a > 0.75 * b && a < 1.25 * b }
  NR % 2 { split($0, was); next }
  was[2] != $2 || was[5] != $5 || !near(was[3], $3) || !near(was[4], $4) { print "made: " $0; wrong = 1 }
  END { exit wrong || NR == 0 }' || fail "the table in $page is out of date; write it anew by: scripts/check-packages.sh --table"

# A package cache of its own, so that no GenreEngine of before serves; others' packages come from the usual one if they are there.
mkdir -p "$work/fallback" "$work/fresh"
cached=${NUGET_PACKAGES:-$HOME/.nuget/packages}
for folder in "$cached"/*/; do
  case $(basename "$folder") in genreengine.* | '*') ;; *) ln -s "$folder" "$work/fallback/" ;; esac
done
export NUGET_PACKAGES=$work/cache NUGET_FALLBACK_PACKAGES=$work/fallback DOTNET_CLI_HOME=$work/home ENGINE_CACHE=$work/features
{
  echo '<configuration>'
  echo "  <packageSources><add key=\"engine-local\" value=\"$packages\" /></packageSources>"
  echo '  <packageSourceMapping>'
  echo '    <packageSource key="engine-local"><package pattern="GenreEngine.*" /></packageSource>'
  dotnet nuget list source | sed -nE 's/^ *[0-9]+\. +(.*) \[Enabled\]$/\1/p' | while IFS= read -r source; do
    echo "    <packageSource key=\"$source\"><package pattern=\"*\" /></packageSource>"
  done
  echo '  </packageSourceMapping>'
  echo '</configuration>'
} > "$work/fresh/nuget.config"
cd "$work/fresh"

# run COMMAND...: its output only if it fails.
run() { "$@" > "$work/output" 2>&1 || { cat "$work/output" >&2; fail "failed: $*"; }; echo "ok: $*"; }

run dotnet tool install GenreEngine.Cli --version "$version" --tool-path tools
engine=$PWD/tools/engine
run "$engine" --version
grep -F "engine $version" "$work/output" > /dev/null || fail "engine --version says: $(cat "$work/output")"
run "$engine" demo --out demo
run "$engine" train demo/corpus --recipe gtzan57-knn --out run
cp "$(find demo/corpus -name '*.wav' | sort | head -n 1)" song.wav
run "$engine" predict run song.wav --format json
expected=$(sed -nE 's/.*"(label|genre)": *"([a-z]+)".*/\2/p' "$work/output" | head -n 1)
[ -n "$expected" ] || fail "no label in: $(cat "$work/output")"

# snippet FILE: its first C# block after the heading "In your program", or its first.
snippet() {
  awk '/^## In your program/ { seen = 1; text = "" } /^```/ { on = /^```csharp/ && text == ""; next } on { text = text $0 "\n" } END { printf "%s", text }' "$1"
}
mkdir program
cat > program/program.csproj << PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="GenreEngine.Pipeline" Version="$version" />
  </ItemGroup>
</Project>
PROJECT
snippet "$repository/README.md" > program/Program.cs
grep -F 'GenreModel.Load("run")' program/Program.cs > /dev/null || fail "README.md has no program that loads a model"
diff <(snippet "$repository/src/Pipeline/README.md") program/Program.cs || fail "README.md and src/Pipeline/README.md show different programs"
# The package's README of Engine.Dsp compiles beside it.
snippet "$repository/src/Dsp/README.md" > dsp
{ grep '^using [A-Z]' dsp; echo 'internal static class Readme { internal static void Run() {'; grep -v '^using [A-Z]' dsp; echo '} }'; } > program/Readme.cs
run dotnet build program -c Release -v quiet -o built
run built/program
grep -E "^$expected [01]\.[0-9]{2}$" "$work/output" > /dev/null || fail "the program says '$(cat "$work/output")', the tool $expected"
