"""Writes PyTorch's numbers for small models: tests/golden/models/*.safetensors and tests/golden/optimizers/*.safetensors.

Every number is computed and stored in float64. See README.md beside this file. Run with a Python that has PyTorch:
    python3 tests/golden/make_golden.py
"""
import json
import math
import pathlib
import struct
from collections import namedtuple

import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
LAST, EACH = "ManyToOne", "ManyToMany"

Case = namedtuple("Case", "name architecture inputs steps layers outputs loss activation count pooling", defaults=["Last"])

# Layers in data-flow order: (kind, size) or (kind, size, activation). Counts are below, at and above the
# BatchSize of the models that are held against these numbers (2).
CASES = [
    # Each cell, many to one.
    Case("rnn_tanh_last_mse", LAST, 3, 5, [("rnn", 7, "tanh")], 1, "MeanSquaredError", "Identity", 3),
    Case("rnn_relu_last_mse", LAST, 1, 7, [("rnn", 9, "relu")], 2, "MeanSquaredError", "Identity", 1),
    Case("lstm_last_mse", LAST, 3, 7, [("lstm", 7)], 1, "MeanSquaredError", "Identity", 3),
    Case("gru_last_mse", LAST, 1, 7, [("gru", 9)], 3, "MeanSquaredError", "Identity", 5),
    # Each cell, many to many.
    Case("rnn_tanh_each_crossentropy", EACH, 3, 5, [("rnn", 33, "tanh")], 4, "CrossEntropy", "Identity", 3),
    Case("rnn_relu_each_crossentropy", EACH, 1, 7, [("rnn", 17, "relu")], 3, "CrossEntropy", "Identity", 2),
    Case("lstm_each_crossentropy", EACH, 3, 5, [("lstm", 17)], 5, "CrossEntropy", "Identity", 5),
    Case("gru_each_crossentropy", EACH, 1, 7, [("gru", 31)], 3, "CrossEntropy", "Identity", 3),
    # One step.
    Case("lstm_one_step_last_mse", LAST, 1, 1, [("lstm", 9)], 1, "MeanSquaredError", "Identity", 1),
    Case("gru_one_step_each_crossentropy", EACH, 3, 1, [("gru", 7)], 2, "CrossEntropy", "Identity", 5),
    # Stacks.
    Case("stack_last_mse", LAST, 2, 5, [("lstm", 7), ("gru", 9), ("rnn", 5, "tanh")], 1, "MeanSquaredError", "Identity", 3),
    Case("stack_each_crossentropy", EACH, 3, 7, [("lstm", 5), ("gru", 7), ("rnn", 9, "relu")], 4, "CrossEntropy", "Identity", 3),
    Case("lstm_stack_last_huber", LAST, 1, 7, [("lstm", 8), ("lstm", 16)], 2, "Huber", "Identity", 2),
    # Dense layers before, between and after.
    Case("dense_before_lstm_last_mse", LAST, 3, 5, [("dense", 5, "tanh"), ("lstm", 7)], 1, "MeanSquaredError", "Identity", 3),
    Case("dense_between_and_after_gru_last_mse", LAST, 2, 5,
         [("gru", 7), ("dense", 6, "tanh"), ("gru", 5), ("dense", 9, "relu")], 2, "MeanSquaredError", "Identity", 5),
    Case("dense_around_rnn_each_mse", EACH, 3, 5,
         [("dense", 4, "sigmoid"), ("rnn", 9, "tanh"), ("dense", 5, "tanh")], 2, "MeanSquaredError", "Tanh", 3),
    # The other losses.
    Case("lstm_last_mae", LAST, 3, 5, [("lstm", 7)], 2, "MeanAbsoluteError", "Identity", 3),
    Case("gru_each_mae", EACH, 1, 5, [("gru", 9)], 1, "MeanAbsoluteError", "Identity", 3),
    Case("rnn_last_huber", LAST, 3, 7, [("rnn", 7, "tanh")], 2, "Huber", "Identity", 5),
    Case("lstm_each_huber", EACH, 1, 5, [("lstm", 9)], 3, "Huber", "Identity", 1),
    Case("gru_last_crossentropy", LAST, 3, 7, [("gru", 17)], 6, "CrossEntropy", "Identity", 5),
    Case("lstm_last_bce", LAST, 3, 5, [("lstm", 7)], 1, "BinaryCrossEntropy", "Identity", 5),
    Case("rnn_each_bce", EACH, 1, 7, [("rnn", 9, "tanh")], 3, "BinaryCrossEntropy", "Identity", 3),
    # Output activations.
    Case("lstm_last_mse_tanh", LAST, 3, 5, [("lstm", 7)], 2, "MeanSquaredError", "Tanh", 3),
    Case("gru_each_huber_sigmoid", EACH, 1, 5, [("gru", 9)], 2, "Huber", "Sigmoid", 3),
    # Pooled over the steps.
    Case("lstm_mean_mse", LAST, 3, 7, [("lstm", 17)], 2, "MeanSquaredError", "Identity", 7, "Mean"),
    Case("gru_max_dense_crossentropy", LAST, 2, 9, [("rnn", 8, "tanh"), ("gru", 33), ("dense", 7, "tanh")], 4, "CrossEntropy", "Identity", 5, "Max"),
]

# Models that read tokens: the first layer is ("embedding", vocabulary, size).
TOKEN_CASES = [
    Case("embedding_gru_last_mse", LAST, 1, 5, [("embedding", 11, 3), ("gru", 7)], 2, "MeanSquaredError", "Identity", 5),
    Case("embedding_stack_each_crossentropy", EACH, 1, 7, [("embedding", 9, 17), ("lstm", 9), ("rnn", 5, "tanh")], 4, "CrossEntropy", "Identity", 3),
]

ACTIVATIONS = {"Identity": lambda x: x, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid, "Relu": torch.relu}


class Model(nn.Module):
    """A stack of layers and a head, its parameters named as RnnGen names them."""

    def __init__(self, case, sparse=False):
        super().__init__()
        self.case = case
        self.stack = nn.ModuleList()
        self.named = {}
        recurrent = dense = 0
        width = case.inputs
        for layer in case.layers:
            kind, size = layer[:2]
            if kind == "embedding":
                width = layer[2]
                module = nn.Embedding(size, width, sparse=sparse)
                self.named["embedding.weight"] = module.weight
                self.stack.append(module)
                continue
            if kind == "dense":
                module = nn.Linear(width, size)
                self.named[f"dense.{dense}.weight"] = module.weight
                self.named[f"dense.{dense}.bias"] = module.bias
                dense += 1
            else:
                if kind == "rnn":
                    module = nn.RNN(width, size, batch_first=True, nonlinearity=layer[2])
                else:
                    module = {"lstm": nn.LSTM, "gru": nn.GRU}[kind](width, size, batch_first=True)
                for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                    self.named[f"rnn.{part}_l{recurrent}"] = getattr(module, f"{part}_l0")
                recurrent += 1
            self.stack.append(module)
            width = size
        self.head = nn.Linear(width, case.outputs)
        self.named["head.weight"] = self.head.weight
        self.named["head.bias"] = self.head.bias
        self.double()

    def forward(self, x):
        last_recurrent = max(i for i, layer in enumerate(self.case.layers) if layer[0] != "dense")
        for i, (layer, module) in enumerate(zip(self.case.layers, self.stack)):
            if layer[0] == "embedding":
                x = module(x)
            elif layer[0] == "dense":
                x = ACTIVATIONS[layer[2].capitalize()](module(x))
            else:
                x, _ = module(x)
            if i == last_recurrent and self.case.architecture == LAST:
                x = {"Last": lambda: x[:, -1], "Mean": lambda: x.mean(1), "Max": lambda: x.max(1).values}[self.case.pooling]()
        return ACTIVATIONS[self.case.activation](self.head(x))


def loss_of(case, outputs, targets):
    if case.loss == "MeanSquaredError":
        return functional.mse_loss(outputs, targets)
    if case.loss == "MeanAbsoluteError":
        return functional.l1_loss(outputs, targets)
    if case.loss == "Huber":
        return functional.huber_loss(outputs, targets, delta=1.0)
    if case.loss == "BinaryCrossEntropy":
        return functional.binary_cross_entropy_with_logits(outputs, targets)
    if case.loss == "CrossEntropy":
        return functional.cross_entropy(outputs.reshape(-1, case.outputs), targets.reshape(-1))
    raise ValueError(f"{case.loss} has no formula here")


def draw(case):
    if case.layers[0][0] == "embedding":
        inputs = torch.randint(case.layers[0][1], [case.count, case.steps])
    else:
        inputs = torch.randn(case.count, case.steps, case.inputs, dtype=torch.float64)
    places = [case.count] if case.architecture == LAST else [case.count, case.steps]
    if case.loss == "CrossEntropy":
        return inputs, torch.randint(case.outputs, places)
    if case.loss == "BinaryCrossEntropy":
        return inputs, torch.rand(*places, case.outputs, dtype=torch.float64)
    # Wide enough that Huber's loss has both its branches.
    return inputs, 1.5 * torch.randn(*places, case.outputs, dtype=torch.float64)


def write(path, metadata, tensors):
    """Writes the safetensors format: the header's length (8 bytes), the header (JSON), the values."""
    header = {"__metadata__": {k: str(v) for k, v in metadata.items()}}
    data = b""
    for name, tensor in tensors.items():
        values = tensor.detach().double().reshape(-1).tolist()
        if not all(math.isfinite(v) for v in values):
            raise ArithmeticError(f"{path.name}: {name} is not finite")
        packed = struct.pack(f"<{len(values)}d", *values)
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def describe(case):
    layers = " ".join(" ".join(map(str, layer)) + ";" for layer in case.layers)
    fields = {**case._asdict(), "layers": layers, "torch": torch.__version__}
    return fields if case.pooling != "Last" else {k: v for k, v in fields.items() if k != "pooling"}


def make_model(seed, case, folder="models"):
    torch.manual_seed(seed)
    model = Model(case)
    inputs, targets = draw(case)
    outputs = model(inputs)
    loss = loss_of(case, outputs, targets)
    loss.backward()
    tensors = {name: value for name, value in model.named.items()}
    tensors.update(inputs=inputs, targets=targets, outputs=outputs, loss=loss)
    tensors.update({f"grad.{name}": value.grad for name, value in model.named.items()})
    write(HERE / folder / f"{case.name}.safetensors", describe(case), tensors)


OPTIMIZED = Case("optimizers", LAST, 2, 6, [("lstm", 5)], 1, "MeanSquaredError", "Identity", 4)

# Name, class of torch.optim, its arguments, and the clipping done before each step.
OPTIMIZERS = [
    ("sgd", "SGD", dict(lr=0.1), {}),
    ("sgd_momentum", "SGD", dict(lr=0.05, momentum=0.9), {}),
    ("sgd_nesterov", "SGD", dict(lr=0.05, momentum=0.9, nesterov=True), {}),
    ("sgd_weight_decay", "SGD", dict(lr=0.05, momentum=0.8, weight_decay=0.1), {}),
    ("rmsprop", "RMSprop", dict(lr=0.01), {}),
    ("rmsprop_centered", "RMSprop", dict(lr=0.01, alpha=0.9, eps=1e-6, centered=True), {}),
    ("rmsprop_momentum", "RMSprop", dict(lr=0.002, momentum=0.9, weight_decay=0.05), {}),
    ("rmsprop_centered_momentum", "RMSprop", dict(lr=0.002, momentum=0.5, centered=True), {}),
    ("adagrad", "Adagrad", dict(lr=0.1), {}),
    ("adagrad_weight_decay", "Adagrad", dict(lr=0.1, weight_decay=0.1), {}),
    ("adam", "Adam", dict(lr=0.01), {}),
    ("adam_betas", "Adam", dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6), {}),
    ("adam_weight_decay", "Adam", dict(lr=0.01, weight_decay=0.1), {}),
    ("adamw", "AdamW", dict(lr=0.01, weight_decay=0.1), {}),
    ("adam_clip_norm", "Adam", dict(lr=0.01), dict(norm=0.2)),
    ("adam_clip_value", "Adam", dict(lr=0.01), dict(value=0.05)),
    ("sgd_clip_norm", "SGD", dict(lr=0.1), dict(norm=0.2)),
]
OPTIMIZER_STEPS = 20


def make_optimizer(name, kind, arguments, clip):
    torch.manual_seed(1000)
    model = Model(OPTIMIZED)
    inputs, targets = draw(OPTIMIZED)
    optimizer = getattr(torch.optim, kind)(model.parameters(), **arguments)
    tensors = {name: value.detach().clone() for name, value in model.named.items()}
    tensors.update(inputs=inputs, targets=targets)
    losses, clipped = [], 0
    for step in range(1, OPTIMIZER_STEPS + 1):
        optimizer.zero_grad()
        loss = loss_of(OPTIMIZED, model(inputs), targets)
        loss.backward()
        losses.append(loss.item())
        if "norm" in clip:
            norm = nn.utils.clip_grad_norm_(model.parameters(), clip["norm"])
            clipped += int(norm > clip["norm"])
        if "value" in clip:
            clipped += any(p.grad.abs().max() > clip["value"] for p in model.parameters())
            nn.utils.clip_grad_value_(model.parameters(), clip["value"])
        optimizer.step()
        if step in (1, OPTIMIZER_STEPS):
            tensors.update({f"after{step}.{name}": value.detach().clone() for name, value in model.named.items()})
    if clip and not clipped:
        raise ValueError(f"{name}: no gradient was clipped")
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    metadata = dict(describe(OPTIMIZED), name=name, optimizer=kind, arguments=json.dumps(arguments), clip=json.dumps(clip), clipped_steps=clipped)
    write(HERE / "optimizers" / f"{name}.safetensors", metadata, tensors)
    print(f"{name:28} loss {losses[0]:.4f} -> {losses[-1]:.4f}, {clipped} of {OPTIMIZER_STEPS} steps clipped")


def make_sparse_adam():
    """Twenty steps on batches of few tokens: SparseAdam for the table, Adam for the rest. SparseAdam adds its epsilon to
    the root of the uncorrected mean square, Adam to the corrected one's; with a tiny epsilon they agree."""
    case = TOKEN_CASES[0]
    torch.manual_seed(2000)
    model = Model(case, sparse=True)
    tensors = {name: value.detach().clone() for name, value in model.named.items()}
    batches = [draw(case._replace(count=1)) for _ in range(OPTIMIZER_STEPS)]
    tensors.update(inputs=torch.cat([b[0] for b in batches]), targets=torch.cat([b[1] for b in batches]))
    table = model.named["embedding.weight"]
    optimizers = [torch.optim.SparseAdam([table], lr=0.01, eps=1e-15),
                  torch.optim.Adam([p for p in model.parameters() if p is not table], lr=0.01, eps=1e-15)]
    losses = []
    for inputs, targets in batches:
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss = loss_of(case, model(inputs), targets)
        loss.backward()
        losses.append(loss.item())
        for optimizer in optimizers:
            optimizer.step()
    tensors.update({f"after.{name}": value.detach().clone() for name, value in model.named.items()})
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    write(HERE / "tokens" / "sparse_adam.safetensors", dict(describe(case), lr=0.01, eps=1e-15), tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed, case in enumerate(CASES):
        make_model(seed + 1, case)
    for seed, case in enumerate(TOKEN_CASES):
        make_model(seed + 101, case, "tokens")
    make_sparse_adam()
    for row in OPTIMIZERS:
        make_optimizer(*row)
