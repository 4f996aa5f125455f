#!/usr/bin/env bash
# Packs every package twice, from two clones of the last commit in folders of different names, and compares every file in the packages.
# What the packing tool itself writes (times, random names) is not compared.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for clone in first another/second; do
    git clone -q "$(git -C "$here" rev-parse --show-toplevel)" "$work/$clone"
    for project in RnnGen RnnGen.Data RnnGen.Display RnnGen.Forecasting RnnGen.Mpi RnnGen.Exchange RnnGen.Exchange.Keras RnnGen.Tool RnnGen.Templates; do
        dotnet pack "$work/$clone/src/$project" -c Release -p:Version=0.0.1-same -o "$work/$clone/packages" -v q
    done
    for package in "$work/$clone"/packages/*nupkg; do
        mkdir -p "$work/$clone/content/${package##*/}"
        (cd "$work/$clone/content/${package##*/}" && unzip -q "$package" -x 'package/*' '_rels/*' '[[]Content_Types].xml')
    done
done
diff -r "$work/first/content" "$work/another/second/content"
echo "the same: $(find "$work/first/content" -type f | wc -l) files"
