#!/bin/sh
# Installs the peers of the comparison program (Debian and its relatives) and builds the harness of oneDNN.
# Downloads and the harness go to artifacts/peers, which git ignores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../artifacts/peers
mkdir -p "$target"
target=$(cd "$target" && pwd)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# OpenBLAS: with the reference BLAS, which Debian may have by default, PyTorch is ten times slower. The OpenMP variant shares
# PyTorch's threads.
as_root apt-get install -y --no-install-recommends g++ libdnnl-dev python3-torch python3-numpy libopenblas0-openmp
command -v npm > /dev/null || as_root apt-get install -y --no-install-recommends npm

# The package carries the native library; its install script only fetches the GPU's, which is not wanted.
cd "$target"
[ -f package.json ] || printf '{ "private": true }\n' > package.json
npm install --no-audit --no-fund --ignore-scripts "onnxruntime-node@>=1.30.0"

g++ -O3 -march=native -std=c++17 -Wall -o "$target/onednn" "$here/onednn.cpp" -ldnnl
echo "The peers stand in $target."
