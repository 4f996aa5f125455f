#!/usr/bin/env bash
# Opens the packages and checks what is in each: the files, no more and no fewer, the licence, README and icon, the nuspec, the symbols, and that they name no path of the machine
# that built them. packages.sh version folder...: the packages of that version in these folders. Prints a line for each and ends with a code other than 0 where one is wrong.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
version=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "FAILED: $1"; failed=$((failed + 1)); }

# The files of a package beside those that every package has.
files() {
    case $1 in
    RnnGen) printf '%s\n' lib/net10.0/RnnGen.{dll,xml} analyzers/dotnet/cs/RnnGen.{Generator,CodeFixes}.dll {build,buildTransitive}/RnnGen.targets tasks/netstandard2.0/RnnGen.Build.dll ;;
    RnnGen.Tool) printf 'tools/net10.0/any/%s\n' DotnetToolSettings.xml RnnGen{,.Data,.Exchange,.Exchange.Keras,.Generator,.Tool}.dll RnnGen.Tool.{deps,runtimeconfig}.json {CsvHelper,MathNet.Numerics,System.CommandLine}.dll Microsoft.CodeAnalysis{,.CSharp}.dll ;;
    RnnGen.Templates)
        for kind in console library web; do printf '%s\n' "content/$kind/"{.template.config/template.json,Starter.csproj}; done
        printf '%s\n' content/{console,web}/Program.cs content/library/Forecasts.cs
        ;;
    RnnGen.*) printf '%s\n' "lib/net10.0/$1."{dll,xml} ;;
    *) echo "nothing is known of this package" ;;
    esac
}
# The files that a package or its symbols have, without those of the packing tool, and without symbols and documentation beside the libraries of a tool.
content() { (cd "$1" && find . -type f | sed 's|^\./||' | grep -vE '^(_rels/|package/|\[Content_Types\]\.xml$|tools/.*/RnnGen[^/]*\.(pdb|xml)$)' | sort); }

commit=$(git -C "$root" rev-parse HEAD 2>/dev/null)
count=0
for package in $(for folder in "$@"; do ls "$folder"/*."$version".nupkg; done); do
    name=$(basename "$package" ".$version.nupkg") before=$failed
    count=$((count + 1))
    at=$work/$name
    mkdir "$at" && unzip -q "$package" -d "$at" || { fail "$name cannot be opened"; continue; }
    said=$(diff <({ files "$name"; printf '%s\n' LICENSE README.md icon.png "$name.nuspec"; } | sort) <(content "$at")) || fail "$name has other files (<: missing, >: unknown): $said"
    cmp -s "$at/LICENSE" "$root/LICENSE" || fail "$name has another LICENSE"
    cmp -s "$at/README.md" "$root/src/$name/README.md" || fail "$name has another README than src/$name"
    grep -q "^# $name\$" "$at/README.md" || fail "the README of $name is not about it"
    [[ $(head -c 8 "$at/icon.png" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]] || fail "the icon of $name is not a PNG"

    nuspec=$(<"$at/$name.nuspec")
    for part in "<id>$name</id>" "<version>$version</version>" '<license type="expression">MIT</license>' '<readme>README.md</readme>' '<icon>icon.png</icon>' '<authors>' '<description>' '<tags>' \
        '<repository type="git"' ${commit:+"commit=\"$commit\""}; do
        [[ $nuspec == *"$part"* ]] || fail "the nuspec of $name has no $part"
    done
    [[ $nuspec == *Microsoft.CodeAnalysis* ]] && fail "$name depends on the compiler's libraries"

    if [[ -d $at/lib ]]; then
        symbols=$work/$name.symbols
        mkdir "$symbols"
        unzip -q "${package%.nupkg}.snupkg" -d "$symbols" || { fail "$name has no symbols beside it"; continue; }
        said=$(diff <(printf '%s\n' "$name.nuspec" "lib/net10.0/$name.pdb" | sort) <(content "$symbols")) || fail "the symbols of $name have other files: $said"
        [[ $(head -c 4 "$symbols/lib/net10.0/$name.pdb") == BSJB ]] || fail "the symbols of $name are not a portable PDB"
        grep -q '<member name="' "$at/lib/net10.0/$name.xml" || fail "$name has no XML docs"
        [[ -s $root/src/$name/Baseline.nupkg ]] || fail "$name has no baseline of its public surface (dotnet build src/$name -c Release -t:WriteBaseline)"
    fi
    # Each library says where its symbols were, by its place in the repository.
    while IFS= read -r library; do
        grep -aq "/_/src/" "$library" || fail "$name: ${library#"$at/"} does not name its sources by their place in the repository"
        grep -aqF "$root/" "$library" && fail "$name: ${library#"$at/"} names a path of this machine"
    done < <(find "$at" -name 'RnnGen*.dll')
    ((failed == before)) && echo "ok: package $name, $(($(stat -c %s "$package") / 1024)) KB"
done
((count == 9)) || fail "there are $count packages of version $version; expected RnnGen, RnnGen.Data, RnnGen.Display, RnnGen.Forecasting, RnnGen.Mpi, RnnGen.Exchange, RnnGen.Exchange.Keras, RnnGen.Tool and RnnGen.Templates"

# The comparison with the baseline is on: a package does not pass for another one.
said=$(cd "$root" && dotnet pack src/RnnGen.Data -c Release --no-build -p:Version="$version" -p:PackageValidationBaselinePath="$root/src/RnnGen.Display/Baseline.nupkg" -o "$work/wrong" 2>&1)
if [[ $said =~ (CP|PKV)0[0-9]{3} ]]; then echo "ok: a changed public surface is an error"; else fail "another public surface is accepted: $said"; fi
exit $((failed > 0))
