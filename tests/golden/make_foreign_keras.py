"""Writes small models as Keras saves them, with an input and its output: tests/golden/foreign/keras-* and keras.json.

Keras is not needed: h5py, which Keras writes with, writes the files in the layouts of keras/src/saving/saving_lib.py (.keras) and keras/src/legacy/saving/legacy_h5_format.py (.h5), and the outputs are computed here, in double, by
the equations of Keras's layers in numpy. Run with a Python that has h5py, numpy and, for the model of the page, PyTorch (Debian: python3-h5py, python3-torch):
    python3 tests/golden/make_foreign_keras.py
make_foreign_keras.py run CASES computes what .keras files say: CASES is a JSON list of objects with "file" and "inputs", [steps][values] or [steps] of tokens; a line of outputs for each.
"""
import io
import json
import pathlib
import re
import sys
import zipfile

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent / "foreign"
CASES = []


# Keras's layers, on their weights in Keras's order. x is [steps, values].

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.logaddexp(0, x)


def elu(x):
    return np.where(x > 0, x, np.expm1(x))


# keras/src/activations/activations.py of Keras 3. hard_sigmoid is that of Keras 3 unless a model is of Keras 2.
HARD_SIGMOID = {2: lambda x: np.clip(0.2 * x + 0.5, 0, 1), 3: lambda x: np.clip(x + 3, 0, 6) / 6}
FUNCTIONS = {"linear": lambda x: x, "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "sigmoid": sigmoid, "softmax": lambda x: x, "hard_sigmoid": HARD_SIGMOID[3], "softsign": lambda x: x / (1 + np.abs(x)), "softplus": softplus,
             "elu": elu, "celu": elu, "selu": lambda x: 1.05070098735548049342 * np.where(x > 0, x, 1.67326324235437728481 * np.expm1(x)), "relu6": lambda x: np.clip(x, 0, 6), "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
             "exponential": np.exp, "silu": lambda x: x * sigmoid(x), "swish": lambda x: x * sigmoid(x), "hard_silu": lambda x: x * HARD_SIGMOID[3](x), "hard_swish": lambda x: x * HARD_SIGMOID[3](x), "mish": lambda x: x * np.tanh(softplus(x)),
             "hard_tanh": lambda x: np.clip(x, -1, 1), "log_sigmoid": lambda x: -softplus(-x), "tanh_shrink": lambda x: x - np.tanh(x), "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2}


def function(config, name="activation", default="linear"):
    said = config.get(name, default)
    return FUNCTIONS[said["config"] if isinstance(said, dict) else said]


def recur(kind, config, weights, x, mask=None):
    kernel, recurrent = weights[:2]
    units = config["units"]
    bias = weights[2] if config.get("use_bias", True) else np.zeros((2, 3 * units)) if kind == "GRU" and config.get("reset_after") else np.zeros(kernel.shape[1])
    h, c, outputs = np.zeros(units), np.zeros(units), []
    f, gate = function(config, default="tanh"), function(config, "recurrent_activation", "sigmoid")
    for t, value in enumerate(x):
        if mask is not None and not mask[t]:  # states stay as they are, and the output is repeated
            outputs.append(outputs[-1] if outputs else np.zeros(units))
            continue
        if kind == "SimpleRNN":
            h = f(value @ kernel + h @ recurrent + bias)
        elif kind == "LSTM":
            i, forget, g, o = np.split(value @ kernel + h @ recurrent + bias, 4)
            c = gate(forget) * c + gate(i) * f(g)
            h = gate(o) * f(c)
        elif config.get("reset_after"):
            (xz, xr, xh), (hz, hr, hh) = np.split(value @ kernel + bias[0], 3), np.split(h @ recurrent + bias[1], 3)
            z = gate(xz + hz)
            h = z * h + (1 - z) * f(xh + gate(xr + hr) * hh)
        else:
            xz, xr, xh = np.split(value @ kernel + bias, 3)
            uz, ur, uh = np.split(recurrent, 3, axis=1)
            z, r = gate(xz + h @ uz), gate(xr + h @ ur)
            h = z * h + (1 - z) * f(xh + (r * h) @ uh)
        outputs.append(h)
    return np.array(outputs)


def run_layer(kind, config, weights, x, mask=None):
    if kind == "Embedding":
        return weights[0][x.astype(int)]
    if kind in ("SimpleRNN", "LSTM", "GRU"):
        y = recur(kind, config, weights, x[::-1], mask) if config.get("go_backwards") else recur(kind, config, weights, x, mask)
        return y if config.get("return_sequences") else y[-1]
    if kind == "Bidirectional":
        inner, half = config["layer"], len(weights) // 2
        ahead, back = recur(inner["class_name"], inner["config"], weights[:half], x, mask), recur(inner["class_name"], inner["config"], weights[half:], x[::-1], None if mask is None else mask[::-1])
        ahead, back = (ahead, back[::-1]) if inner["config"].get("return_sequences") else (ahead[-1], back[-1])
        return {"concat": lambda: np.concatenate([ahead, back], axis=-1), "sum": lambda: ahead + back, "ave": lambda: (ahead + back) / 2}[config["merge_mode"]]()
    if kind in ("Dense", "TimeDistributed"):
        own = config["layer"]["config"] if kind == "TimeDistributed" else config
        return function(own)(x @ weights[0] + (weights[1] if own.get("use_bias", True) else 0))
    if kind == "LayerNormalization":
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        gamma, beta = (weights[0] if config.get("scale", True) else 1), (weights[-1] if config.get("center", True) else 0)
        return (x - mean) / np.sqrt(variance + config.get("epsilon", 1e-3)) * gamma + beta
    if kind == "BatchNormalization":
        gamma, beta, mean, variance = weights
        return (x - mean) / np.sqrt(variance + config.get("epsilon", 1e-3)) * gamma + beta
    if kind == "Conv1D":
        size, dilation = config["kernel_size"][0], config.get("dilation_rate", [1])[0]
        reach = (size - 1) * dilation
        before = reach if config["padding"] == "causal" else reach // 2
        padded = np.concatenate([np.zeros((before, x.shape[1])), x, np.zeros((reach - before, x.shape[1]))])
        y = sum(padded[k * dilation:k * dilation + len(x)] @ weights[0][k] for k in range(size))
        return function(config)(y + (weights[1] if config.get("use_bias", True) else 0))
    if kind == "Activation":
        return function(config)(x)
    if kind == "GlobalAveragePooling1D":
        return x.mean(0) if mask is None else x[mask].mean(0)
    if kind == "GlobalMaxPooling1D":
        return x.max(0)
    assert kind in ("Dropout", "InputLayer", "Masking"), kind
    return x


def run_model(layers, weights, x):
    mask, x = None, np.asarray(x)
    for (kind, config), own in zip(layers, weights):
        if kind == "Masking" or config.get("mask_zero"):
            mask = x != 0 if kind == "Embedding" else np.any(x != config["mask_value"], axis=-1)
        x = run_layer(kind, config, [np.asarray(w, dtype="f8") for w in own], x, mask)
    return x


# What is in a layer's part of a .keras file, and what the names of its weights end with in an .h5 file.

def parts(kind, config):
    return {"SimpleRNN": ["cell"], "LSTM": ["cell"], "GRU": ["cell"], "Bidirectional": ["forward_layer/cell", "backward_layer/cell"], "TimeDistributed": ["layer"]}.get(kind, [""])


def names(kind, config):
    cell = re.sub("simplernn", "simple_rnn", (config["layer"]["class_name"] if kind == "Bidirectional" else kind).lower()) + "_cell"
    bias = ["bias:0"] if config.get("use_bias", True) else []
    recurrent = ["%s/kernel:0" % cell, "%s/recurrent_kernel:0" % cell] + ["%s/%s" % (cell, b) for b in bias]
    return {"Embedding": ["embeddings:0"], "SimpleRNN": recurrent, "LSTM": recurrent, "GRU": recurrent, "LayerNormalization": ["gamma:0", "beta:0"], "BatchNormalization": ["gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"],
            "Bidirectional": ["forward/" + n for n in recurrent] + ["backward/" + n for n in recurrent]}.get(kind, ["kernel:0"] + bias)


def snake(name):
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


class Model:
    """Layers one after the other with drawn weights."""

    def __init__(self, seed, inputs, steps, *layers, vocabulary=0, dtype="f4"):
        random = np.random.default_rng(seed)
        self.shape = [None, steps] if vocabulary else [None, steps, inputs]
        self.x = random.integers(0, vocabulary, 7) if vocabulary else random.standard_normal((7, inputs)).astype(dtype)
        self.layers, self.weights, width, counts = [], [], inputs, {}
        for kind, config in layers:
            number = counts[kind] = counts.get(kind, -1) + 1
            config = {"name": "%s_%d" % (snake(kind), number + 3), "trainable": True, **config}
            shapes, width = self.shapes(kind, config, width)
            self.layers.append((kind, config))
            self.weights.append([random.uniform(-0.7, 0.7, shape).astype(dtype) for shape in shapes])
            if kind == "BatchNormalization":
                self.weights[-1][3] = np.abs(self.weights[-1][3])

    @staticmethod
    def shapes(kind, config, width):
        if kind == "Bidirectional":
            shapes, out = Model.shapes(config["layer"]["class_name"], config["layer"]["config"], width)
            return shapes * 2, 2 * out if config["merge_mode"] == "concat" else out
        if kind == "TimeDistributed":
            return Model.shapes("Dense", config["layer"]["config"], width)
        bias, units = config.get("use_bias", True), config.get("units", 0)
        if kind in ("SimpleRNN", "LSTM", "GRU"):
            rows = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[kind] * units
            return [(width, rows), (units, rows)] + ([(2, rows) if kind == "GRU" and config.get("reset_after") else (rows,)] if bias else []), units
        if kind == "Dense":
            return [(width, units)] + ([(units,)] if bias else []), units
        if kind == "Embedding":
            return [(config["input_dim"], config["output_dim"])], config["output_dim"]
        if kind == "LayerNormalization":
            return [(width,), (width,)], width
        if kind == "BatchNormalization":
            return [(width,)] * 4, width
        if kind == "Conv1D":
            return [(config["kernel_size"][0], width, config["filters"]), (config["filters"],)], config["filters"]
        return [], width

    def output(self):
        return run_model(self.layers, self.weights, self.x)

    def case(self, file, declared, many_to_one=False, bound=1e-12):
        CASES.append({"file": file, "steps": len(self.x), "architecture": "ManyToOne" if many_to_one else "ManyToMany", "inputs": [float(v) for v in self.x.flatten()],
                      "outputs": [float(v) for v in np.asarray(self.output()).flatten()], "declared": declared, "bound": bound})

    def sequential(self, old=False):
        layers = [{"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None} for kind, config in self.layers]
        if old:
            layers = [{"class_name": l["class_name"], "config": dict(l["config"])} for l in layers]
            layers[0]["config"]["batch_input_shape"] = self.shape
        else:
            layers.insert(0, {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": self.shape, "dtype": "float32", "sparse": False, "name": "input_layer"}, "registered_name": None})
        return {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}

    def functional(self, old=False):
        layers, before = [{"class_name": "InputLayer", "name": "input_1", "config": {"batch_shape": self.shape, "name": "input_1"}, "inbound_nodes": []}], "input_1"
        for kind, config in self.layers:
            tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": [before, 0, 0]}}
            nodes = [[[before, 0, 0, {}]]] if old else [{"args": [tensor], "kwargs": {"training": False, "mask": None}}]
            layers.append({"class_name": kind, "name": config["name"], "config": config, "inbound_nodes": nodes})
            before = config["name"]
        ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [[before, 0, 0]]}
        return {"class_name": "Functional", "config": {"name": "model", "layers": layers[:1] + layers[:0:-1], **ends}}

    # As in saving_lib.py: a group for each layer by its class, whose number is its own.
    def keras(self, file, config=None, root="layers", separator="/"):
        data = io.BytesIO()
        with h5py.File(data, "w") as h5:
            counts = {}
            for (kind, options), weights in zip(self.layers, self.weights):
                number = counts[kind] = counts.get(kind, -1) + 1
                name = separator.join([root, snake(kind) + ("_%d" % number if number else "")])
                all_parts = parts(kind, options)
                if all_parts != [""]:
                    h5.create_group(name).create_group("vars").attrs["name"] = options["name"]
                for k, part in enumerate(all_parts):
                    group = h5.create_group(separator.join([name] + part.split("/")) if part else name).create_group("vars")
                    group.attrs["name"] = options["name"]
                    each = len(weights) // len(all_parts)
                    for i, weight in enumerate(weights[k * each:(k + 1) * each]):
                        group[str(i)] = weight
            h5.create_group("vars").attrs["name"] = "sequential"
        self.archive(file, json.dumps(config or self.sequential()), data.getvalue())

    @staticmethod
    def archive(file, config, weights):
        with zipfile.ZipFile(HERE / file, "w") as archive:
            for name, content in (("metadata.json", json.dumps({"keras_version": "3.10.0", "date_saved": "2026-11-30@12:00:00"})), ("config.json", config), ("model.weights.h5", weights)):
                archive.writestr(zipfile.ZipInfo(name), content)

    # As in legacy_h5_format.py: a group for each layer by its name. Old versions wrote bytes of one length; long lists are cut.
    def h5(self, file, config, version, texts=np.bytes_, chunks=0, **more):
        with h5py.File(HERE / file, "w", **more) as h5:
            h5.attrs["keras_version"], h5.attrs["backend"] = texts(version), texts("tensorflow")
            h5.attrs["model_config"] = texts(json.dumps(config))
            top = h5.create_group("model_weights")
            top.attrs["layer_names"] = [options["name"].encode() for _, options in self.layers]
            for (kind, options), weights in zip(self.layers, self.weights):
                group = top.create_group(options["name"])
                all_names = ["%s/%s" % (options["name"], name) for name in names(kind, options)] if weights else []
                listed = np.array([name.encode() for name in all_names]) if texts is np.bytes_ else all_names
                if chunks:
                    for part, names_of_part in enumerate(np.array_split(listed, chunks)):
                        group.attrs["weight_names%d" % part] = names_of_part
                else:
                    group.attrs["weight_names"] = listed
                for name, weight in zip(all_names, weights):
                    group[name] = weight


def layer(kind, **config):
    return kind, config


def inside(kind, **config):
    return {"module": "keras.layers", "class_name": kind, "config": {"name": "inner", **config}, "registered_name": None}


def run_file(path, x):
    with zipfile.ZipFile(path) as archive:
        config, h5 = json.loads(archive.read("config.json")), h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    layers, weights, counts = [(l["class_name"], l["config"]) for l in config["config"]["layers"]], [], {}
    for kind, options in layers:
        number = counts[kind] = counts.get(kind, -1) + 1
        name = "layers/" + snake(kind) + ("_%d" % number if number else "")
        own = []
        for part in parts(kind, options):
            group = h5.get("/".join([name] + ([part] if part else []) + ["vars"]), {})
            own += [group[str(i)][()] for i in range(len(group))]
        assert len(own) == len(Model.shapes(kind, options, 1)[0]), (kind, len(own))
        weights.append(own)
    return run_model(layers, weights, x)


def write_all():
    norm, both = layer("LayerNormalization", axis=-1, epsilon=1e-5), "Bidirectional = true"
    model = Model(1, 3, None, layer("LSTM", units=5, return_sequences=True, activation="tanh", recurrent_activation="sigmoid"), layer("Dense", units=2, activation="linear"))
    model.keras("keras-lstm.keras")
    model.case("keras-lstm.keras", ["Lstm(5)"])

    model = Model(2, 3, 12, layer("GRU", units=4, return_sequences=True, reset_after=True), layer("Dropout", rate=0.2), layer("GRU", units=5, reset_after=True), layer("Dense", units=6, activation="relu"), layer("Dense", units=2, activation="softmax"))
    model.keras("keras-grus.keras")
    model.case("keras-grus.keras", ["Gru(4)", "Gru(5)", "Dense(6, Activation = Activation.Relu)"], many_to_one=True)

    model = Model(3, 3, None, layer("GRU", units=4, return_sequences=True, reset_after=False), layer("GRU", units=3, return_sequences=True, reset_after=False, use_bias=False), layer("TimeDistributed", layer=inside("Dense", units=2, activation="tanh")))
    model.keras("keras-reset-before.keras", root="_layer_checkpoint_dependencies")
    model.case("keras-reset-before.keras", ["ResetBeforeGru(4)", "ResetBeforeGru(3)"])

    model = Model(4, 3, None, layer("Bidirectional", merge_mode="concat", layer=inside("LSTM", units=4, return_sequences=True)), norm,
                  layer("Bidirectional", merge_mode="concat", layer=inside("GRU", units=3, return_sequences=False, reset_after=True)), layer("Dense", units=2, activation="linear"))
    model.keras("keras-both-ways.keras")
    model.case("keras-both-ways.keras", ["Lstm(4, %s)" % both, "LayerNorm", "Gru(3, %s)" % both], many_to_one=True)

    model = Model(5, 0, None, layer("Embedding", input_dim=9, output_dim=4, mask_zero=False), layer("SimpleRNN", units=5, activation="relu", return_sequences=True), layer("Dense", units=9, activation="linear"), layer("Activation", activation="softmax"), vocabulary=9)
    model.keras("keras-tokens.keras")
    model.case("keras-tokens.keras", ["Embedding(9, 4)", "Rnn(5, Activation = Activation.Relu)"])

    model = Model(6, 2, None, layer("Conv1D", filters=3, kernel_size=[3], strides=[1], padding="causal", dilation_rate=[2], activation="relu"), layer("Conv1D", filters=4, kernel_size=[4], padding="same", activation="linear"),
                  layer("LSTM", units=3, return_sequences=True), layer("Dense", units=2, activation="linear"), layer("Activation", activation="sigmoid"))
    model.keras("keras-convolutions.keras", separator="\\")
    model.case("keras-convolutions.keras", ["Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu)", "Conv1D(4, 4, Causal = false)", "Lstm(3)"])

    model = Model(7, 3, 8, layer("LSTM", units=4, use_bias=False, stateful=True), layer("Dense", units=2, use_bias=False, activation="tanh"))
    model.keras("keras-functional.keras", model.functional())
    model.case("keras-functional.keras", ["Lstm(4)"], many_to_one=True)

    model = Model(11, 2, None, layer("Bidirectional", merge_mode="concat", layer=inside("LSTM", units=3, return_sequences=True)), layer("GlobalMaxPooling1D", data_format="channels_last", keepdims=False), layer("Dense", units=2, activation="linear"))
    model.keras("keras-pooled.keras")
    model.case("keras-pooled.keras", ["Lstm(3, %s)" % both], many_to_one=True)

    normal = layer("BatchNormalization", axis=-1, epsilon=0.001, momentum=0.99)
    model = Model(12, 3, None, normal, layer("Bidirectional", merge_mode="concat", layer=inside("LSTM", units=3, return_sequences=True)), normal, layer("GRU", units=4, return_sequences=True, reset_after=True, use_bias=False), normal,
                  layer("GRU", units=3, return_sequences=True, reset_after=False), layer("Dense", units=4, activation="linear"), normal, layer("Activation", activation="relu"), layer("Dense", units=3, activation="tanh"), normal, layer("Dense", units=2, activation="linear"))
    model.keras("keras-batch-norms.keras")
    model.case("keras-batch-norms.keras", ["Lstm(3, %s)" % both, "Gru(4)", "ResetBeforeGru(3)", "Dense(4, Activation = Activation.Relu)", "Dense(3, Activation = Activation.Tanh)"])

    # Keras 2: a configuration with its layers out of order, texts of one length, lists in parts.
    model = Model(8, 3, None, layer("LSTM", units=4, return_sequences=True), layer("GRU", units=3, reset_after=True, return_sequences=True), layer("Dense", units=2, activation="linear"))
    model.h5("keras-2.h5", model.functional(old=True), "2.9.0", chunks=2)
    model.case("keras-2.h5", ["Lstm(4)", "Gru(3)"])

    # Keras 2.1: a list of layers, and a GRU that does not say reset_after.
    model = Model(9, 3, 10, layer("GRU", units=4, recurrent_activation="sigmoid"), layer("Dropout", rate=0.5), layer("Dense", units=2, activation="sigmoid"))
    old = model.sequential(old=True)
    model.h5("keras-2.1.h5", {"class_name": "Sequential", "config": old["config"]["layers"]}, "2.1.6")
    model.case("keras-2.1.h5", ["ResetBeforeGru(4)"], many_to_one=True)

    # Keras 3 in double, texts of any length.
    model = Model(10, 3, None, layer("Bidirectional", merge_mode="concat", layer=inside("SimpleRNN", units=4, return_sequences=True)), layer("Dense", units=2, activation="linear"), dtype="f8")
    model.h5("keras-3.h5", model.sequential(), "3.10.0", texts=str)
    model.case("keras-3.h5", ["Rnn(4, %s)" % both])

    # What h5py writes for newer versions of HDF5: another superblock, other headers. The time is in it, so its bytes are others in each run.
    model.h5("keras-latest.h5", model.sequential(), "3.10.0", texts=str, libver="latest")
    model.case("keras-latest.h5", ["Rnn(4, %s)" % both])

    # Functions that no attribute of RnnGen's has. In Keras 2 hard_sigmoid is another one than in Keras 3, and was the default of gates before 2.3.
    hard = dict(recurrent_activation="hard_sigmoid", return_sequences=True)
    model = Model(13, 3, None, layer("LSTM", units=5, **hard), layer("GRU", units=4, activation="relu", reset_after=False, **hard), layer("LSTM", units=3, **hard), layer("Dense", units=2, activation="linear"))
    model.h5("keras-hard-sigmoid-2.h5", model.sequential(old=True), "2.2.4")
    FUNCTIONS["hard_sigmoid"] = HARD_SIGMOID[2]
    model.case("keras-hard-sigmoid-2.h5", ["Recurrent<KerasHardSigmoid2.HardSigmoidLstm>(5)", "Recurrent<KerasHardSigmoid2.HardSigmoidReluResetBeforeGru>(4)", "Recurrent<KerasHardSigmoid2.HardSigmoidLstm>(3)"])
    FUNCTIONS["hard_sigmoid"] = HARD_SIGMOID[3]

    # Every function, in a plain layer, and as the function and the gates of the others.
    singles = ["linear", "sigmoid", "softsign", "softplus", "elu", "selu", "relu6", "leaky_relu", "exponential", "silu", "hard_silu", "mish", "hard_tanh", "log_sigmoid", "tanh_shrink", "squareplus", "hard_sigmoid"]
    own = {"elu": "Elu", "leaky_relu": "LeakyRelu", "hard_sigmoid": "HardSigmoid", "tanh_shrink": "TanhShrink", "log_sigmoid": "LogSigmoid", "hard_tanh": "HardTanh", "hard_silu": "HardSilu"}
    called = lambda name: own.get(name, name.capitalize())
    model = Model(14, 3, None, *[layer("SimpleRNN", units=3 + k % 3, activation=name, return_sequences=True) for k, name in enumerate(singles)], layer("Dense", units=2, activation="linear"))
    model.keras("keras-functions.keras")
    model.case("keras-functions.keras", ["Recurrent<KerasFunctions.%sRnn>(%d)" % (called(name), 3 + k % 3) for k, name in enumerate(singles)])

    gated = [("LSTM", "softsign", "hard_sigmoid"), ("GRU", "silu", "hard_tanh"), ("LSTM", "leaky_relu", "softsign"), ("GRU", "elu", "hard_sigmoid"), ("LSTM", "linear", "sigmoid"), ("GRU", "relu", "mish")]
    model = Model(15, 3, None, *[layer("Bidirectional", merge_mode="concat", layer=inside(kind, units=3, activation=f, recurrent_activation=gate, return_sequences=True, **({"reset_after": True} if kind == "GRU" else {}))) for kind, f, gate in gated],
                  layer("Dense", units=2, activation="linear"))
    model.keras("keras-functions-of-gates.keras")
    model.case("keras-functions-of-gates.keras", ["Recurrent<KerasFunctionsOfGates.%s%s%s>(3, %s)" % ("" if gate == "sigmoid" else called(gate), "" if f == gate else called(f), kind.capitalize(), both) for kind, f, gate in gated])

    # Masks: with padding before, within and behind, a model computes what it does of the sequence without it.
    def masked(model, padding):
        x, few = model.x, model.x[:2]
        for padded in ([padding, x], [x, padding, padding], [padding, few, padding, x[2:], padding]):
            assert np.allclose(run_model(model.layers, model.weights, np.concatenate(padded)), model.output(), rtol=0, atol=1e-12)

    model = Model(16, 0, None, layer("Embedding", input_dim=9, output_dim=4, mask_zero=True), layer("Bidirectional", merge_mode="concat", layer=inside("LSTM", units=4, return_sequences=True)), norm,
                  layer("GRU", units=3, return_sequences=False, reset_after=True), layer("Dense", units=2, activation="linear"), vocabulary=9)
    model.x = 1 + model.x % 8
    masked(model, np.array([0]))
    model.keras("keras-masked-tokens.keras")
    model.case("keras-masked-tokens.keras", ["Embedding(9, 4)", "Lstm(4, %s)" % both, "LayerNorm", "Gru(3)"], many_to_one=True)

    model = Model(17, 3, None, layer("Masking", mask_value=-1.0), layer("SimpleRNN", units=4, return_sequences=True), layer("GlobalAveragePooling1D", data_format="channels_last", keepdims=False), layer("Dense", units=2, activation="linear"))
    masked(model, np.full((1, 3), -1.0))
    model.keras("keras-masked-steps.keras")
    model.case("keras-masked-steps.keras", ["Rnn(4)"], many_to_one=True)

    # Directions that are joined, which a dense layer does.
    model = Model(18, 3, None, layer("Bidirectional", merge_mode="sum", layer=inside("LSTM", units=4, return_sequences=True)), layer("Bidirectional", merge_mode="ave", layer=inside("GRU", units=3, return_sequences=False, reset_after=True)),
                  layer("Activation", activation="relu"), layer("Dense", units=2, activation="linear"))
    model.keras("keras-merged.keras")
    model.case("keras-merged.keras", ["Lstm(4, %s)" % both, "Dense(4)", "Gru(3, %s)" % both, "Dense(3, Activation = Activation.Relu)"], many_to_one=True)

    # One output, from the last step to the first.
    model = Model(19, 3, None, layer("LSTM", units=4, return_sequences=True), layer("GRU", units=3, return_sequences=False, go_backwards=True, reset_after=True, recurrent_activation="hard_sigmoid"), layer("Dense", units=2, activation="linear"))
    model.keras("keras-backwards.keras")
    model.case("keras-backwards.keras", ["Lstm(4)", "Recurrent<KerasBackwards.HardSigmoidGru>(3, %s)" % both, "Dense(3)"], many_to_one=True)

    # The model of docs/how-to/bring-a-keras-model.md, whose page says what this prints.
    import torch
    torch.manual_seed(2)
    rnn, head = torch.nn.GRU(1, 12, batch_first=True), torch.nn.Linear(12, 1)
    series = torch.sin(0.3 * torch.arange(1000.0))
    windows = torch.stack([series[i:i + 24] for i in range(900)]).unsqueeze(-1)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(head(rnn(windows)[1][-1]).squeeze(-1), series[24:924]).backward()
        optimizer.step()

    def gates(matrix):
        r, z, n = np.split(matrix.detach().numpy(), 3)
        return np.concatenate([z, r, n])

    page = Model(0, 1, 24, layer("GRU", name="gru", units=12, reset_after=True), layer("Dense", name="dense", units=1, activation="linear"))
    page.weights = [[gates(rnn.weight_ih_l0).T, gates(rnn.weight_hh_l0).T, np.stack([gates(rnn.bias_ih_l0), gates(rnn.bias_hh_l0)])], [head.weight.detach().numpy().T, head.bias.detach().numpy()]]
    page.keras("../../../docs/how-to/forecaster.keras")
    print("forecast after 24 steps: %.6f, by PyTorch %.6f" % (run_model(page.layers, page.weights, windows[0].numpy())[0], head(rnn(windows[:1])[1][-1]).item()))
    (HERE / "keras.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in CASES) + "\n]\n")


if sys.argv[1:2] == ["run"]:
    for case in json.loads(pathlib.Path(sys.argv[2]).read_text()):
        print(json.dumps(np.asarray(run_file(case["file"], np.array(case["inputs"]))).flatten().tolist()))
else:
    write_all()
