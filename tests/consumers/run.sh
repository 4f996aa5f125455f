#!/usr/bin/env bash
# Builds and runs the consumers beside this script against the packed package, in a folder outside the repository.
# run.sh [folder with the packages, their version]; without arguments it packs them first.
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
    for project in RnnGen RnnGen.Data RnnGen.Display RnnGen.Forecasting RnnGen.Mpi RnnGen.Exchange RnnGen.Exchange.Keras RnnGen.Tool; do
        dotnet pack "$here/../../src/$project" -c Release -p:Version="$version" -o "$packages" -v q || { fail "dotnet pack $project"; exit 1; }
    done
fi

templates=$work/templates
dotnet pack "$here/../../src/RnnGen.Templates" -c Release -p:Version="$version" -o "$templates" -v q || fail "dotnet pack RnnGen.Templates"

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

# What dotnet new makes stands beside them.
dotnet new install "$templates/RnnGen.Templates.$version.nupkg" --debug:custom-hive "$work/hive" >/dev/null || fail "dotnet new install"
for kind in rnngen:Starter rnngen-web:StarterWeb rnngen-library:StarterLibrary; do
    dotnet new "${kind%:*}" -o "${kind#*:}" --debug:custom-hive "$work/hive" --no-update-check >/dev/null || fail "dotnet new ${kind%:*}"
    sed -i "s|</Solution>|  <Project Path=\"${kind#*:}/${kind#*:}.csproj\" />\n</Solution>|" consumers.slnx
done

# The tool, installed from its package: a starter, what it writes of a PyTorch file, which is declared in a project, what it says of that, and what it writes of it for others.
foreign=$here/../golden/foreign
dotnet tool install RnnGen.Tool --version "$version" --tool-path "$work/tool" --configfile nuget.config >/dev/null || fail "dotnet tool install RnnGen.Tool"
rnngen() { DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")") "$work/tool/rnngen" "$@" 2>&1; }
# tool text arguments...: the tool ends with 0 and says the text.
tool() {
    local text=$1 code
    shift
    said=$(rnngen "$@")
    code=$?
    if ((code == 0)) && [[ $said == *"$text"* ]]; then echo "ok: rnngen $1"; else fail "rnngen $* ended with $code: $said"; fi
}
tool "$version" --version
tool "  rnngen import <FILE> [options]" import --help
tool "Wrote ToolStarter" new console --name ToolStarter
sed -i 's|</Solution>|  <Project Path="ToolStarter/ToolStarter.csproj" />\n</Solution>|' consumers.slnx
tool "Checked: 3 sequences of up to 16 steps" import "$foreign/lstm.pt" --name Forecaster --steps 16 -o imported
tool '"kind": "Lstm"' inspect imported/Forecaster.safetensors --json
for format in onnx:onnx torch:pt torchsharp:dat keras:keras; do tool "Wrote imported/Forecaster.${format#*:}" export imported/Forecaster.safetensors --to "${format%:*}" -o "imported/Forecaster.${format#*:}"; done
# A file that is there, a format that does not exist, and a file that is no model: the exit codes of the page.
for wrong in "1 export imported/Forecaster.safetensors --to onnx -o imported/Forecaster.onnx" "2 export imported/Forecaster.safetensors --to tflite" "1 inspect consumers.slnx" "1 import $foreign/rejected-wavenet.nam -o $work/none"; do
    said=$(rnngen ${wrong#* }) && fail "rnngen ${wrong#* } ended with 0"
    code=$?
    ((code == ${wrong%% *})) || fail "rnngen ${wrong#* } ended with $code: $said"
done
[[ -e $work/none ]] && fail "rnngen import wrote something of a file that it rejects"
cp "$foreign"/{lstm.pt,capture.nam,torch-lstm.onnx,keras-lstm.keras} imported/

# The program of the page on serving, as it stands there.
awk '$0 == "<!-- program: web -->" { found = 1; next } found && /^```/ { if (open) exit; open = 1; next } open' "$here/../../docs/how-to/serve.md" >serve/Program.cs

# One build for all: it restores and compiles them side by side.
dotnet build consumers.slnx -c Release -v q 2>&1 | tee build.log
((PIPESTATUS[0] == 0)) || fail "the build"
grep -q ': warning ' build.log && fail "the build warns"
grep -q 'IL[23][0-9][0-9][0-9]' build.log && fail "trimming or NativeAOT is warned of"

for program in console strict central; do
    said=$(dotnet "$program/bin/Release/"*"/$program.dll" 2>&1)
    if [[ $said == "trained, saved, loaded, predicted, streamed"* ]]; then echo "ok: $program"; else fail "$program: $said"; fi
done
said=$(dotnet web/bin/Release/net10.0/web.dll 2>&1)
if [[ $said == *"forecast: "[-0-9]* ]]; then echo "ok: web"; else fail "web: $said"; fi
[[ -s library/bin/Release/net10.0/library.dll ]] && echo "ok: library"
# What it prints: five files are the same, three are read, a training in one process, and seven exports are the same.
imports() { [[ $(grep -c '^imported .*, the same$' <<<"$1") == 5 && $(grep -c ' layers, ' <<<"$1") == 3 && $1 == *"trained in 1 process: 0.0"*", 21 lines, report whole"* && $(grep -c '^exported .*, the same$' <<<"$1") == 7 && $(wc -l <<<"$1") == 16 ]]; }
imported=$(dotnet imported/bin/Release/net10.0/imported.dll imported 2>&1)
if imports "$imported"; then echo "ok: imported"; else fail "imported: $imported"; fi

# Starters: one trains and predicts; one trains, listens and answers; one is there.
for starter in Starter ToolStarter; do
    said=$(cd $starter && dotnet bin/Release/net10.0/$starter.dll 2>&1)
    if [[ $said == *"RMSE on what it has not seen: 0."*"Next: "[-0-9]* ]]; then echo "ok: $starter of a console"; else fail "$starter of a console: $said"; fi
done
# serve folder dll: starts a server there and sets $address; ask path body: its answer, "status text".
serve() {
    (cd "$1" && exec dotnet "bin/Release/net10.0/$1.dll" --urls http://127.0.0.1:0 >web.log 2>&1) &
    server=$! address=""
    for ((i = 0; i < 300; i++)); do
        address=$(grep -o 'http://127.0.0.1:[0-9]*' "$1/web.log" 2>/dev/null | head -1)
        [[ -n $address ]] && break
        sleep 0.2
    done
}
ask() { curl -s -o answer -w '%{http_code} ' -X POST -H 'Content-Type: application/json' --data-binary @- "$address/$1" <<<"$2" && cat answer; }
# What a request may be mistaken in: each is 400 with a text. $2 is how many values are right.
ask_wrong() {
    local values body
    values=$(seq -s, "$2")
    for body in "[1e39,${values#*,}]" "[3e38,${values#*,}]" "[-1e39,${values#*,}]" "[NaN,${values#*,}]" "[null,${values#*,}]" "[\"a\",${values#*,}]" '[1,2]' '[]' null '{}' '' "[$(seq -s, 200000)]"; do
        said=$(ask "$1" "$body")
        [[ $said == "400 "??????* ]] || fail "$1 answers '$said' to ${body:0:40}"
    done
}

serve StarterWeb
said=$(ask forecast "[$(seq -s, 24)]")
if [[ $said =~ ^200\ -?[0-9]+\.[0-9]+ ]]; then echo "ok: dotnet new rnngen-web"; else fail "dotnet new rnngen-web: $said $(cat StarterWeb/web.log)"; fi
ask_wrong forecast 24
kill "$server" 2>/dev/null
serve serve
for path in forecast learn; do
    said=$(ask $path "[$(seq -s, 48)$([[ $path == learn ]] && seq -s, 49 60 | sed 's/^/,/')]")
    if [[ $said =~ ^200\ -?[0-9]+\.[0-9]+ ]]; then echo "ok: how-to/serve.md, $path"; else fail "how-to/serve.md, $path: $said $(cat serve/web.log)"; fi
    ask_wrong $path 48
done
kill "$server" 2>/dev/null
[[ -s StarterLibrary/bin/Release/net10.0/StarterLibrary.dll ]] && echo "ok: dotnet new rnngen-library"

# Weights in the assembly: those of the file, and a build that says where they do not fit.
weights=$PWD/native/models/wave.safetensors
said=$(dotnet native/bin/Release/net10.0/native.dll check "$weights" 2>&1)
if [[ $said == "the same" ]]; then echo "ok: weights in the assembly"; else fail "weights in the assembly: $said"; fi
cp -r native other && mv other/native.csproj other/other.csproj && rm -rf other/bin other/obj && sed -i 's/Lstm(16)/Lstm(8)/' other/Program.cs
said=$(dotnet build other -c Release -v q 2>&1)
if [[ $said == *"error RNN047"*"'rnn.weight_ih_l0' should be [32, 1] but is [64, 1]"* ]]; then echo "ok: weights of another model are an error"; else fail "weights of another model: $said"; fi

# In the browser's runtime, under Node: the numbers of the ordinary one, and what a streaming step takes.
dotnet ordinary/bin/Release/net10.0/ordinary.dll >ordinary.txt 2>&1 || fail "ordinary: $(cat ordinary.txt)"
if ! command -v node >/dev/null; then
    echo "skipped: browser, for want of Node"
elif ! said=$(dotnet restore browser 2>&1); then
    if [[ $said =~ NU1(101|102|301) ]]; then echo "skipped: browser, for want of the packs of browser-wasm"; else fail "restoring browser: $said"; fi
else
    said=$(dotnet publish browser -c Release --no-restore -o published -v q 2>&1) || fail "publishing browser: $said"
    [[ $said == *"warning"* ]] && fail "publishing browser warns: $said"
    (cd published/wwwroot && timeout 300 node main.mjs) >browser.txt 2>&1 || fail "browser: $(cat browser.txt)"
    # Names and their order are the same, and numbers to 1e-6 of the larger of 1 and their size; NaN compares with nothing.
    said=$(paste <(grep '^value ' ordinary.txt) <(grep '^value ' browser.txt) | awk '{ size = $3 < 0 ? -$3 : $3; if (size < 1) size = 1; difference = ($3 - $6) / size
        if (NF != 6 || $2 != $5 || !(difference <= 1e-6 && difference >= -1e-6)) print "ordinary and browser: " $0 } END { print NR " values" }')
    if [[ $said == "276 values" ]]; then echo "ok: browser, $said of the ordinary runtime"; else fail "browser: $said"; fi
    sed -n 's/^time:/    browser:/p' browser.txt
fi

# A size in KB against the committed one.
compare() {
    local before
    before=$(awk -v name="$1" '$1 == name { print $2 }' native/baseline.txt)
    if (($2 * 100 > before * 105)); then fail "$1 has $2 KB, and the baseline is $before KB"; else echo "ok: $1, $2 KB (baseline $before KB)"; fi
}

if [[ $(uname -sm) == "Linux x86_64" ]]; then
    # Trimmed: no warning, the same bits as untrimmed, and all that it needs beside it.
    said=$(dotnet publish console -c Release -r linux-x64 -p:PublishTrimmed=true -o trimmed -v q 2>&1) || fail "publishing console trimmed: $said"
    [[ $said == *"warning"* ]] && fail "publishing console trimmed warns: $said"
    whole=$(dotnet console/bin/Release/net10.0/console.dll 2>&1) said=$(trimmed/console 2>&1)
    if [[ $said == "trained, saved, loaded, predicted, streamed"* && $said == "$whole" ]]; then echo "ok: console trimmed"; else fail "console trimmed: $said, untrimmed: $whole"; fi
    compare trimmed "$(du -sk trimmed | cut -f1)"
    # The other packages, trimmed.
    for program in forecasting imported; do
        said=$(dotnet publish $program -c Release -r linux-x64 -p:PublishAot=false -p:PublishTrimmed=true --self-contained -o trimmed-$program -v q 2>&1) || fail "publishing $program trimmed: $said"
        [[ $said == *"warning"* ]] && fail "publishing $program trimmed warns: $said"
    done
    whole=$(dotnet forecasting/bin/Release/net10.0/forecasting.dll 2>&1) said=$(trimmed-forecasting/forecasting 2>&1)
    if [[ $said =~ ": S2 on 2024-03-17 "[0-9]+\.[0-9]{2}$ && $said == "$whole" ]]; then echo "ok: forecasting trimmed"; else fail "forecasting trimmed: $said, untrimmed: $whole"; fi
    said=$(trimmed-imported/imported imported 2>&1)
    if [[ $said == "$imported" ]]; then echo "ok: imported trimmed"; else fail "imported trimmed: $said, untrimmed: $imported"; fi

    linker=()
    command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc -p:LinkerFlavor=bfd)
    if [[ -e /usr/include/zlib.h ]] && { command -v clang || command -v gcc; } >/dev/null && grep -q avx2 /proc/cpuinfo; then
        said=$(dotnet publish native -c Release -r linux-x64 -o aot -v q "${linker[@]}" 2>&1) || fail "publishing native: $said"
        [[ $said == *"warning"* ]] && fail "publishing native warns: $said"
        said="$(aot/native train 2>&1), $(aot/native check "$weights" 2>&1), $(aot/native 2>&1)"
        [[ $said =~ ^"trained, the same, "-?[0-9] ]] || fail "native: $said"
        # The advice names the set that the compiler took just now.
        said=$(dotnet msbuild native -t:RnnGenAdviseInstructionSet -p:Configuration=Release -p:RuntimeIdentifier=linux-x64 -p:IlcInstructionSet= 2>&1)
        grep -qF "$(grep -o '<IlcInstructionSet>.*</IlcInstructionSet>' native/native.csproj)" <<<"$said" || fail "the advice for native: $said"
        compare native "$(($(stat -c %s aot/native) / 1024))"
        # The same forecast, of a table read from a file, as under the JIT.
        said=$(dotnet publish forecasting -c Release -r linux-x64 -o aot-forecasting -v q "${linker[@]}" 2>&1) || fail "publishing forecasting: $said"
        [[ $said == *"warning"* ]] && fail "publishing forecasting warns: $said"
        whole=$(dotnet forecasting/bin/Release/net10.0/forecasting.dll 2>&1) said=$(aot-forecasting/forecasting 2>&1)
        if [[ $said =~ ": S2 on 2024-03-17 "[0-9]+\.[0-9]{2}$ && $said == "$whole" ]]; then echo "ok: forecasting, $said"; else fail "forecasting: $said, under the JIT: $whole"; fi
        # A model of a file and a table are enough, in a process of its own.
        said=$(aot-forecasting/forecasting sales.safetensors sales.csv 2>&1 >forecast.csv)
        if [[ $said == *" ms to the forecasts of 2 series" && $(wc -l <forecast.csv) == 15 ]]; then echo "ok: forecasting as NativeAOT, $(($(stat -c %s aot-forecasting/forecasting) / 1024)) KB, $said"; else fail "forecasting with a saved model: $said"; fi
        said=$(dotnet publish imported -c Release -r linux-x64 -o aot-imported -v q "${linker[@]}" 2>&1) || fail "publishing imported: $said"
        [[ $said == *"warning"* ]] && fail "publishing imported warns: $said"
        said=$(aot-imported/imported imported 2>&1)
        if [[ $said == "$imported" ]]; then echo "ok: imported as NativeAOT, $(($(stat -c %s aot-imported/imported) / 1024)) KB"; else fail "imported as NativeAOT: $said, under the JIT: $imported"; fi
        # From the start of the process to its end, with one prediction between.
        compiler=clang
        command -v clang >/dev/null || compiler=gcc
        $compiler -O1 -o launch launch.c || fail "compiling launch.c"
        echo "native, a process that predicts once: $(./launch 40 aot/native) µs; /bin/true: $(./launch 40 /bin/true) µs"
    else
        echo "skipped: native, for want of a C compiler, zlib or AVX2"
    fi
fi

"$here/one-file.sh" "$packages" "$version" || failed=1

"$here/packages.sh" "$version" "$packages" "$templates" || failed=1
exit $failed
