"""Plays capture files in the formats' own software: tests/golden/players/players.json has for each file the player, samples and what came out.

RTNeural (BSD-3) and NeuralAmpModelerCore (MIT) are cloned by hand, with their dependencies; nothing of them is kept here. Needs g++ and Debian's libeigen3-dev.
    python3 tests/golden/players/make_players.py RTNEURAL_FOLDER NAM_CORE_FOLDER
play_torchsharp.cs beside this script does the same for TorchSharp. The exported files are written by the tests: RNNGEN_ACCEPT_SNAPSHOTS=1 dotnet test tests/RnnGen.Exchange.Tests --filter FullyQualifiedName~PlayerTests
"""
import glob
import json
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
STEPS = 48
RTNEURAL, NAM = (pathlib.Path(folder) for folder in sys.argv[1:3])


def commit(folder):
    return subprocess.run(["git", "-C", folder, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


def build(program, standard, *arguments):
    subprocess.run(["g++", "-std=" + standard, "-O2", "-w", HERE / program, *arguments, "-I/usr/include/eigen3", "-o", WORK / "player"], check=True)
    (WORK / "player").rename(WORK / program)
    return WORK / program


def samples(count):
    single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
    return [single(random.uniform(-1, 1)) for _ in range(count)]


def width(path):
    content = json.loads(path.read_text())
    return content["model_data"]["input_size"] if "model_data" in content else content["config"]["input_size"] if "config" in content else content["in_shape"][-1]


def play(player, name, path, *arguments):
    random.seed(path.name)
    inputs = samples(STEPS * width(path))
    said = subprocess.run([player, path, *arguments], input="\n".join(map(repr, inputs)), capture_output=True, text=True, check=True).stdout
    outputs = [float(value) for value in said.split()]
    assert len(outputs) >= STEPS and all(math.isfinite(value) for value in outputs), path
    return {"file": str(path.relative_to(HERE.parent)), "player": name, "inputs": inputs, "outputs": outputs}


rtneural_files = sorted(p for pattern in ("foreign/rtneural-*.json", "foreign/aida-x.json", "foreign/guitarml-*.json", "players/rtneural-*.json", "players/guitarml-*.json") for p in HERE.parent.glob(pattern))
nam_files = sorted(p for pattern in ("foreign/*.nam", "players/*.nam") for p in HERE.parent.glob(pattern) if "rejected" not in p.name)
played = []
with tempfile.TemporaryDirectory() as folder:
    WORK = pathlib.Path(folder)
    for backend in ("STL", "EIGEN"):
        player = build("play_rtneural.cpp", "c++17", RTNEURAL / "RTNeural" / "RTNeural.cpp", "-DRTNEURAL_USE_%s=1" % backend, "-DRTNEURAL_DEFAULT_ALIGNMENT=16", "-I%s" % RTNEURAL, "-I%s" % (RTNEURAL / "modules" / "json"))
        played += [play(player, "RTNeural %s, %s" % (commit(RTNEURAL), backend), path) for path in rtneural_files]
    sources = glob.glob(str(NAM / "NAM" / "**" / "*.cpp"), recursive=True)
    player = build("play_nam.cpp", "c++20", *sources, "-I%s" % NAM, "-I%s" % (NAM / "Dependencies" / "nlohmann"))
    played += [play(player, "NeuralAmpModelerCore %s" % commit(NAM), path) for path in nam_files]
(HERE / "players.json").write_text("[\n" + ",\n".join(map(json.dumps, played)) + "\n]\n")
