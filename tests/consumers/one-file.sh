#!/usr/bin/env bash
# Runs the programs of samples/one-file from a folder as a clone has it, with the packed package, and publishes them as native programs where that works.
# one-file.sh folder version: the folder with the packages, and their version. Prints a line for each program and ends with a code other than 0 where one fails.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
packages=$(cd "$1" && pwd) version=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "FAILED: $1"; failed=1; }
now() { date +%s%N; }
seconds() { awk "BEGIN { printf \"%.1f s\", ($2 - $1) / 1e9 }"; }

cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
# Builds of such programs are kept below the user's data; these go with the rest.
export XDG_DATA_HOME=$work/data
mkdir "$XDG_DATA_HOME"
# The settings of the repository are above the programs, as in a clone.
mkdir -p "$work/clone/samples"
cp "$root"/{Directory.Build.props,Directory.Build.targets,Directory.Packages.props,.editorconfig,global.json} "$work/clone/"
cp -r "$root/samples/one-file" "$work/clone/samples/"
cd "$work/clone/samples/one-file" || exit 1
rm -rf artifacts
sed -i "1s/^#:package RnnGen@.*/#:package RnnGen@$version/" ./*.cs
cat >nuget.config <<EOF
<configuration>
  <config><add key="globalPackagesFolder" value="$work/cache" /></config>
  <packageSources><add key="packed" value="$packages" /></packageSources>
  $([[ -d $cache ]] && echo "<fallbackPackageFolders><add key=\"user\" value=\"$cache\" /></fallbackPackageFolders>")
</configuration>
EOF

# What is wrong with what a program printed ($2); nothing where it is as it should be.
wrong() {
    local lines
    lines=$(wc -l <<<"$2")
    case $1 in
    forecast)
        # The error is at most 0.7 of that of repeating the year before, and the picture has the years and a forecast.
        awk '/^Last fifth.* error/ { found = 1; good = ($10 + 0 > 0 && $10 + 0 < 0.7 * $NF) } END { exit !(found && good) }' <<<"$2" || echo "the error"
        (($(grep -cE '^20[12][0-9] +[0-9]+ #*$' <<<"$2") == 12)) || echo "the years"
        [[ $(grep -c '<polyline' forecast.svg 2>/dev/null) == 2 ]] && ! grep -q NaN forecast.svg || echo "the picture"
        ;;
    classifier)
        [[ $2 =~ ^(8[5-9]|9[0-9]|100)\ %\ right ]] || echo "the share of right answers"
        ((lines == 9 && $(grep -cE ' [A-Z][a-z]+ [0-9]+ %, [A-Z][a-z]+ [0-9]+ %$' <<<"$2") == 8)) || echo "the guesses"
        ;;
    text)
        ((lines == 12 && $(grep -cE '^[A-Z][a-z]{2,24}( \(a real one\))?$' <<<"$2") == 12 && $(grep -vc 'a real one' <<<"$2") >= 4)) || echo "the names"
        ;;
    *) echo "nothing is known of what it prints: add it to one-file.sh" ;;
    esac
}

linker=() native=1
command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc -p:LinkerFlavor=bfd)
[[ $(uname -sm) == "Linux x86_64" && -e /usr/include/zlib.h ]] && { command -v clang || command -v gcc; } >/dev/null || native=0
for file in *.cs; do
    name=${file%.cs}
    start=$(now)
    said=$(dotnet run "$file" 2>&1) || { fail "dotnet run $file: $said"; continue; }
    took=$(seconds "$start" "$(now)")
    [[ $said == *warning* ]] && fail "dotnet run $file warns: $said"
    found=$(wrong "$name" "$said")
    if [[ -n $found ]]; then fail "dotnet run $file, $found: $said"; else echo "ok: dotnet run $file, $took with its build"; fi
    if ((!native)); then echo "skipped: dotnet publish $file, for want of a C compiler or zlib"; continue; fi

    said=$(dotnet publish "$file" -o "published/$name" "${linker[@]}" 2>&1) || { fail "dotnet publish $file: $said"; continue; }
    [[ $said == *warning* || $said =~ IL[23][0-9]{3} ]] && fail "dotnet publish $file warns: $said"
    rm -f ./*.svg
    start=$(now)
    said=$("published/$name/$name" 2>&1) || { fail "native $name: $said"; continue; }
    took=$(seconds "$start" "$(now)")
    found=$(wrong "$name" "$said")
    size=$(stat -c %s "published/$name/$name")
    # README and the quick start say how large such a program is.
    ((size < 3700000)) || fail "native $name has $size bytes"
    if [[ -n $found ]]; then fail "native $name, $found: $said"; else echo "ok: dotnet publish $file, $(awk "BEGIN { printf \"%.1f\", $size / 1e6 }") MB, runs $took"; fi
done
exit $failed
