#!/bin/sh
# What a model (LSTM, H = 128, T = 64) costs its user: the time it adds to a build, and the JIT time of the first training step.
# Usage: bench/build-cost.sh [repetitions]
set -eu
cd "$(dirname "$0")/RnnGen.BuildCost"
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 LC_ALL=C
repetitions=${1:-5}
times=$(mktemp -d)
trap 'rm -rf "$times"' EXIT

# Builds this project alone; a new compiler each time, so that the time of the whole process tree is known.
compile() {
    dotnet build -c Release -v d --no-restore --no-incremental --nologo \
        -p:BuildProjectReferences=false -p:UseSharedCompilation=false -p:ReportAnalyzer=true -p:WithModel="$1"
}

# Wall seconds, and seconds of the processor (user and system) that children of this shell took.
measure() {
    /usr/bin/time -a -o "$times/$1" -f '%e %U %S' sh -c '"$@" > /dev/null' sh \
        dotnet build -c Release --no-restore --no-incremental --nologo -v q \
        -p:BuildProjectReferences=false -p:UseSharedCompilation=false -p:WithModel="$1"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

dotnet build -c Release --nologo -v q > /dev/null
i=0
while [ "$i" -lt "$repetitions" ]; do
    measure false
    measure true
    i=$((i + 1))
done

for with in false true; do
    wall=$(awk '{ print $1 }' "$times/$with" | median)
    cpu=$(awk '{ print $2 + $3 }' "$times/$with" | median)
    echo "build, with the model: $with: wall $wall s, processor $cpu s (medians of $repetitions)"
done

# As an editor or a second build has it: the compiler's task alone, in a server that has compiled both before.
serve() {
    dotnet build -c Release --no-restore --no-incremental --nologo -v q -clp:PerformanceSummary \
        -p:BuildProjectReferences=false -p:UseSharedCompilation=true -p:WithModel="$1" | awk '/ms +Csc / { print $1 }'
}

for turn in 1 2 3; do
    serve false > /dev/null
    serve true > /dev/null
done
i=0
while [ "$i" -lt "$repetitions" ]; do
    serve false >> "$times/served-false"
    serve true >> "$times/served-true"
    i=$((i + 1))
done
echo "compiler alone, in a server that stays: without the model $(median < "$times/served-false") ms, with it $(median < "$times/served-true") ms (medians of $repetitions)"

echo "generator and analyzers, as the compiler reports them (new process, this project alone):"
compile true | grep -E 'Total (analyzer|generator) execution time|RnnGen\.' | grep -E 'Total|[0-9] +(RnnGen|<?[0-9])' | head -12

echo "JIT, in $repetitions new processes:"
i=0
while [ "$i" -lt "$repetitions" ]; do
    dotnet bin/Release/net10.0/RnnGen.BuildCost.dll
    i=$((i + 1))
done
echo "torch.compile of a 32-step LSTM of 64 units: 18.8 s (quoted from github.com/pytorch/pytorch/issues/158007, not run)"
