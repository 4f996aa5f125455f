#!/bin/sh
# Installs the peers of the comparison program (Debian and its relatives) and builds their harnesses.
# Downloads and what is built go to artifacts/peers, which git ignores: 2 GB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../artifacts/peers
mkdir -p "$target"
target=$(cd "$target" && pwd)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

as_root apt-get update -q
as_root apt-get install -yq --no-install-recommends g++ libdnnl-dev

g++ -O3 -march=native -std=c++17 -Wall -o "$target/onednn" "$here/onednn.cpp" -ldnnl

# LibTorch (by TorchSharp) and ONNX Runtime come from NuGet.
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    *) echo "TorchSharp has no LibTorch for $(uname -m): without it and ONNX Runtime."; exit 0 ;;
esac
dotnet publish -c Release -r "$rid" --no-self-contained "$here/nuget" -o "$target/nuget"

# TorchSharp's native library is linked against a newer libstdc++ than Debian 12 has, for one symbol: the version need becomes weak in this copy,
# and a library that the comparison preloads has the symbol. Where libstdc++ is new enough nothing is changed.
library=$target/nuget/libLibTorchSharp.so
standard=$(g++ -print-file-name=libstdc++.so.6)
rm -f "$target/libstream_init.so"
if ! grep -q GLIBCXX_3.4.32 "$standard"; then
    g++ -O2 -std=c++17 -Wall -o "$target/weak_version" "$here/weak_version.cpp"
    "$target/weak_version" "$library" GLIBCXX_3.4.32
    g++ -O2 -std=c++17 -Wall -shared -fPIC -o "$target/libstream_init.so" "$here/stream_init.cpp"
fi

echo "The peers are in $target."
