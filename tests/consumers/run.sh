#!/usr/bin/env bash
# Builds and runs the consumers beside this script against the packed package, in a folder outside the repository.
# run.sh [folder with the packages, their version]; without arguments it packs RnnGen first.
# Prints a line for each consumer and ends with a code other than 0 where one fails.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "FAILED: $1"; failed=1; }

if (($# >= 2)); then
    packages=$(cd "$1" && pwd) version=$2
else
    # A version of its own, so that no package in a cache is taken for this one.
    packages=$work/packages version="0.0.1-consumers.$(date +%s)"
    dotnet pack "$here/../../src/RnnGen" -c Release -p:Version="$version" -o "$packages" -v q || { fail "dotnet pack"; exit 1; }
fi

cp -r "$here" "$work/consumers"
cd "$work/consumers" || exit 1
cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
[[ -d $cache ]] || cache=""
cat >nuget.config <<EOF
<configuration>
  <packageSources>
    <add key="packed" value="$packages" />
  </packageSources>
</configuration>
EOF
cat >Directory.Build.props <<EOF
<Project>
  <PropertyGroup>
    <RnnGenVersion>[$version]</RnnGenVersion>
    <RestorePackagesPath>$work/cache</RestorePackagesPath>
    <RestoreFallbackFolders>$cache</RestoreFallbackFolders>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
EOF

# One build for all: it restores and compiles them side by side.
dotnet build consumers.slnx -c Release -v q 2>&1 | tee build.log
((PIPESTATUS[0] == 0)) || fail "the build"
grep -q ': warning ' build.log && fail "the build warns"
grep -q 'IL[23][0-9][0-9][0-9]' build.log && fail "trimming or NativeAOT is warned of"

for program in console9 console10 strict central; do
    said=$(DOTNET_ROLL_FORWARD=Major dotnet "$program/bin/Release/"*"/$program.dll" 2>&1)
    if [[ $said == "trained, saved, loaded, predicted, streamed"* ]]; then echo "ok: $program"; else fail "$program: $said"; fi
done
said=$(dotnet web/bin/Release/net10.0/web.dll 2>&1)
if [[ $said == *"forecast: "[-0-9]* ]]; then echo "ok: web"; else fail "web: $said"; fi
[[ -s library/bin/Release/net9.0/library.dll ]] && echo "ok: library"

# What the package holds, and that the compiler's own libraries are not among what it needs.
content=$work/cache/rnngen/$version
for file in lib/net9.0/RnnGen.dll lib/net9.0/RnnGen.xml lib/net10.0/RnnGen.dll lib/net10.0/RnnGen.xml analyzers/dotnet/cs/RnnGen.Generator.dll \
    analyzers/dotnet/cs/RnnGen.CodeFixes.dll build/RnnGen.targets buildTransitive/RnnGen.targets README.md icon.png; do
    [[ -s $content/$file ]] || fail "the package has no $file"
done
grep -q 'Microsoft.CodeAnalysis' "$content/rnngen.nuspec" && fail "the package depends on the compiler's libraries"
find "$content" -name 'Microsoft.CodeAnalysis*' | grep -q . && fail "the package holds the compiler's libraries"
exit $failed
