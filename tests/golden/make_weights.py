"""Writes PyTorch's weighted losses and gradients of models in tests/golden/architectures: tests/golden/weights/*.safetensors.

Parameters, inputs, lengths and targets are those of the model's file there; a file here has what the loss is weighed by, the loss and its gradient. Every number is computed and
stored in float64. See README.md beside this file.
    python3 tests/golden/make_weights.py
"""
import json
import pathlib
import struct

import torch
from torch.nn import functional

from make_architectures import CASES, Network
from make_golden import write

HERE = pathlib.Path(__file__).parent

# Name of the model, and what weighs: each class (the weight of CrossEntropyLoss), each sequence, each step; or "zero", the labels that the steps cannot hold (zero_infinity of CTCLoss).
ROWS = [
    ("BidirectionalTagger", "class"),
    ("BidirectionalPooled", "class"),
    ("MaskedClasses", "class"),
    ("Attentive", "class"),
    ("TiedWriter", "class"),
    ("BidirectionalLstm", "sequence"),
    ("NormedSteps", "step"),
    ("SequenceForecaster", "step"),
    ("Labelling", "zero"),
]


def read(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = struct.unpack(f"<{(end - begin) // 8}d", data[begin:end])
        tensors[name] = torch.tensor(values, dtype=torch.float64).reshape(entry["shape"])
    return tensors


def counted_steps(case, lengths, targets, steps):
    """The steps that have a loss: those of each sequence, or those up to the end token."""
    if case.decoder and case.loss == "classes":
        return (targets == case.end).cumsum(1) <= 1
    if case.each:
        return torch.arange(steps)[None] < lengths[:, None]
    return torch.ones(case.count, steps, dtype=torch.bool)


def make(seed, name, what):
    torch.manual_seed(seed)
    case = next(c for c in CASES if c.name == name)
    saved = read(HERE / "architectures" / f"{name}.safetensors")
    network = Network(case)
    network.build()
    with torch.no_grad():
        for parameter, value in network.named.items():
            value.copy_(saved[parameter])
    tokens = case.layers and case.layers[0][0] == "embedding"
    inputs = saved["inputs"].long() if tokens else saved["inputs"]
    lengths = saved["lengths"].long()
    targets = saved["targets"] if case.loss == "mse" else saved["targets"].long()
    steps = case.outsteps if case.decoder else case.steps if case.each else 1
    tensors = {}
    if what == "zero":
        # More labels than steps in every other sequence: one step cannot hold two, nor three steps two equal pairs.
        targets[1] = torch.tensor([1, 2, 0, 0])
        lengths[1] = 1
        targets[3] = torch.tensor([3, 3, 3, 0])
        lengths[3] = 4
        tensors.update(lengths=lengths, targets=targets)
    outputs = network.forward(inputs, lengths, targets).reshape(case.count, steps, case.outputs)
    counted = counted_steps(case, lengths, targets, steps)
    # Multiples of 1/8, which float has too.
    weights = {"class": [case.outputs], "sequence": [case.count, 1], "step": [case.count, steps], "zero": []}[what]
    weights = torch.randint(0, 25, weights).double() / 8 if weights else None
    if what == "class":
        loss = functional.cross_entropy(outputs[counted], targets[counted], weight=weights, ignore_index=-1)
    elif what == "zero":
        logs = outputs.log_softmax(2).transpose(0, 1)
        count = (targets > 0).sum(1)
        infinite = functional.ctc_loss(logs, targets, lengths, count, blank=0, reduction="none").isinf()
        if infinite.sum() != 2:
            raise ValueError(f"{int(infinite.sum())} sequences cannot hold their labels")
        loss = functional.ctc_loss(logs, targets, lengths, count, blank=0, reduction="mean", zero_infinity=True)
    else:
        each = functional.mse_loss(outputs, targets, reduction="none").mean(2)
        spread = weights.expand(-1, steps)
        loss = (spread * each)[counted].sum() / spread[counted].sum()
    loss.backward()
    if weights is not None:
        tensors["weights"] = weights
    tensors["loss"] = loss
    tensors.update({f"grad.{n}": value.grad for n, value in network.named.items()})
    prefix = "Infeasible" if what == "zero" else ""
    write(HERE / "weights" / f"{prefix}{name}.safetensors", dict(torch=torch.__version__, weights=what), tensors)
    print(f"{name:24} {what:9} loss {loss.item():.6f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, row in enumerate(ROWS):
        make(3000 + number, *row)
