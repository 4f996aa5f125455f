"""Writes PyTorch's numbers for bidirectional and decoding models: tests/golden/architectures/*.safetensors.

Each file is named as the test model that is held against it. Every number is computed and stored in float64; sequences have
different lengths, and go through torch's packed sequences. See README.md beside this file.
    python3 tests/golden/make_architectures.py
"""
import pathlib
from collections import namedtuple

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from make_golden import ACTIVATIONS, write

HERE = pathlib.Path(__file__).parent

# Layers: (kind, size, flags...), flags: an activation, "both" for both directions, "residual". A convolution: ("conv", filters, kernel, dilation, flags...), causal unless "same". A decoder: its layers, attention, start and end token.
Case = namedtuple("Case", "name inputs steps layers outputs loss pooling each decoder outsteps attention start end count learned tied masked feeding",
                  defaults=["Last", False, None, 1, None, 0, 1, 7, False, False, False, False])

CASES = [
    Case("BidirectionalLstm", 3, 7, [("lstm", 17, "both")], 2, "mse"),
    Case("BidirectionalTagger", 2, 9, [("gru", 8, "both"), ("dense", 9, "tanh"), ("rnn", 7, "both")], 3, "classes", each=True),
    Case("BidirectionalPooled", 2, 6, [("lstm", 16), ("gru", 9, "both"), ("dense", 8, "relu")], 3, "classes", "Max"),
    Case("Captions", 5, 1, [], 9, "classes", decoder=[("embedding", 9, 7), ("gru", 17)], outsteps=6),
    Case("Curves", 3, 1, [("dense", 8, "tanh"), ("dense", 16, "tanh")], 2, "mse",
         decoder=[("lstm", 9), ("rnn", 15), ("dense", 4, "sigmoid")], outsteps=7),
    Case("SequenceForecaster", 2, 6, [("lstm", 8), ("lstm", 17)], 1, "mse", decoder=[("lstm", 8), ("lstm", 17)], outsteps=4),
    Case("Attentive", 3, 7, [("gru", 9, "both")], 8, "classes", decoder=[("embedding", 8, 5), ("gru", 16)], outsteps=5,
         attention="Multiplicative", start=2, end=5),
    Case("AdditivelyAttentive", 2, 5, [("lstm", 7)], 7, "classes",
         decoder=[("embedding", 7, 3), ("lstm", 7), ("dense", 6, "tanh")], outsteps=6, attention="Additive"),
    Case("TokenTranslator", 0, 6, [("embedding", 11, 5), ("lstm", 7, "both"), ("dense", 6, "identity")], 9, "classes",
         decoder=[("embedding", 9, 4), ("lstm", 8)], outsteps=7, attention="Additive"),
    Case("Labelling", 3, 9, [("gru", 8, "both")], 5, "ctc", each=True),
    Case("BridgedForecaster", 2, 5, [("gru", 9, "both"), ("dense", 6, "tanh")], 2, "mse", decoder=[("lstm", 7)], outsteps=3),
    Case("LearnedStates", 3, 5, [("lstm", 9), ("gru", 7)], 2, "mse", each=True, learned=True),
    Case("LearnedStatesOfBothWays", 3, 5, [("lstm", 8, "both"), ("rnn", 17, "both")], 2, "mse", "Mean", learned=True),
    Case("NormedSteps", 3, 5, [("lstm", 9), ("norm", 9), ("gru", 9, "residual"), ("norm", 9), ("dense", 9, "tanh", "residual")], 2, "mse", each=True),
    Case("NormedEnd", 3, 6, [("gru", 17), ("norm", 17), ("lstm", 17, "residual"), ("norm", 17), ("dense", 17, "tanh", "residual")], 2, "mse"),
    Case("NormedMean", 3, 6, [("gru", 8), ("gru", 8, "residual"), ("norm", 8)], 2, "mse", "Mean"),
    Case("NormedDecoder", 3, 4, [("gru", 9), ("norm", 9), ("gru", 9, "residual")], 2, "mse",
         decoder=[("gru", 9), ("norm", 9), ("gru", 9, "residual"), ("norm", 9)], outsteps=3, attention="Additive"),
    Case("TiedWriter", 0, 5, [("embedding", 9, 7), ("lstm", 8), ("dense", 7, "identity")], 9, "classes", each=True, tied=True),
    Case("MaskedClasses", 3, 5, [("gru", 7)], 4, "classes", each=True, masked=True),
    Case("ConvolvedSteps", 3, 7, [("conv", 7, 3, 1, "tanh"), ("lstm", 9), ("conv", 9, 2, 2, "identity", "residual"), ("gru", 8)], 2, "mse", each=True),
    Case("ConvolvedEnd", 1, 9, [("conv", 15, 3, 3, "identity"), ("conv", 17, 1, 1, "identity"), ("conv", 16, 2, 1, "identity"), ("gru", 17), ("dense", 8, "tanh")], 3, "classes"),
    Case("ConvolvedBothWays", 3, 7, [("conv", 9, 3, 1, "tanh", "same"), ("conv", 9, 4, 2, "identity", "same", "residual"), ("lstm", 8)], 2, "mse", each=True),
    Case("FedTranslator", 3, 5, [("gru", 7, "both")], 6, "classes", decoder=[("embedding", 6, 3), ("gru", 9)], outsteps=4, attention="Multiplicative", feeding=True),
    Case("FedForecaster", 2, 6, [("lstm", 8)], 2, "mse", decoder=[("lstm", 8), ("norm", 8), ("gru", 8, "residual"), ("dense", 5, "tanh")],
         outsteps=5, attention="Additive", feeding=True),
]

MODULES = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Network:
    """Runs a case; parameters are named as RnnGen names them."""

    def __init__(self, case):
        self.case = case
        self.named = {}
        self.modules = []
        self.known = 0  # values that the decoder reads beside what it is fed

    def own(self, module, **names):
        module.double()
        for name, parameter in module.named_parameters():
            if name in names:
                self.named[names[name]] = parameter
        return module

    def linear(self, width, size, name, bias=True):
        return self.own(nn.Linear(width, size, bias=bias), weight=f"{name}.weight", bias=f"{name}.bias")

    def recurrent(self, kind, width, size, name, index, both):
        module = MODULES[kind](width, size, batch_first=True, bidirectional=both)
        parts = [f"{p}_l0{d}" for p in ("weight_ih", "weight_hh", "bias_ih", "bias_hh") for d in (["", "_reverse"] if both else [""])]
        return self.own(module, **{p: f"{name}{p.replace('_l0', f'_l{index}')}" for p in parts})

    def stack(self, layers, width, prefix):
        """The modules of a stack, each with its layer."""
        result, recurrent, dense, norm, conv = [], 0, 0, 0, 0
        for layer in layers:
            kind, size = layer[0], layer[1]
            if kind == "embedding":
                result.append((layer, self.own(nn.Embedding(size, layer[2]), weight=f"{prefix}embedding.weight")))
                width = layer[2] + (self.known if prefix else 0)
            elif kind == "dense":
                result.append((layer, self.linear(width, size, f"{prefix}dense.{dense}")))
                dense, width = dense + 1, size
            elif kind == "conv":
                module = nn.Conv1d(width, size, layer[2], dilation=layer[3])
                result.append((layer, self.own(module, weight=f"{prefix}conv.{conv}.weight", bias=f"{prefix}conv.{conv}.bias")))
                conv, width = conv + 1, size
            elif kind == "norm":
                module = nn.LayerNorm(width)
                nn.init.normal_(module.weight)
                nn.init.normal_(module.bias)
                result.append((layer, self.own(module, weight=f"{prefix}norm.{norm}.weight", bias=f"{prefix}norm.{norm}.bias")))
                norm += 1
            else:
                both = "both" in layer
                if self.case.learned:
                    for direction in ["", "_reverse"] if both else [""]:
                        for state in ("h", "c")[: 2 if kind == "lstm" else 1]:
                            self.named[f"initial.{state}_l{recurrent}{direction}"] = nn.Parameter(torch.randn(size, dtype=torch.float64))
                result.append((layer, self.recurrent(kind, width, size, f"{prefix}rnn.", recurrent, both)))
                recurrent, width = recurrent + 1, 2 * size if both else size
        return result, width

    def build(self):
        case = self.case
        self.encoder, width = self.stack(case.layers, case.inputs, "")
        if case.decoder:
            if case.feeding:
                self.known += [l for l in case.decoder if l[0] in MODULES][-1][1]
            self.decoder, top = self.stack(case.decoder, case.outputs + self.known, "decoder.")
            recurrent = [(l, m) for l, m in self.decoder if l[0] in MODULES]
            mine = [l for l, _ in self.encoder if l[0] in MODULES]
            self.bridges = {}
            ends = width if case.attention is None else (2 if "both" in mine[-1] else 1) * mine[-1][1]
            for i, (layer, _) in enumerate(recurrent):
                handed = i < len(mine) and mine[i][:2] == layer[:2] and "both" not in mine[i]
                for state in ("h", "c")[: 2 if layer[0] == "lstm" else 1]:
                    if not handed:
                        self.bridges[(i, state)] = self.linear(ends, layer[1], f"bridge.{state}_l{i}")
            h = recurrent[-1][0][1]
            if case.attention == "Multiplicative":
                self.query = self.linear(h, width, "attention.query", bias=False)
            elif case.attention == "Additive":
                self.query = self.linear(h, h, "attention.query")
                self.key = self.linear(width, h, "attention.key", bias=False)
                self.score = nn.Parameter(torch.randn(h, dtype=torch.float64))
                self.named["attention.score.weight"] = self.score
            if case.attention:
                self.attended = self.linear(width + h, h, "attention.output")
            width = top
        self.head = self.linear(width, case.outputs, "head")
        if case.tied:
            del self.named["head.weight"]
            self.head.weight = self.named["embedding.weight"]

    def initial(self, layer, index, count):
        """What the states of a layer start from; None for zeros."""
        if not self.case.learned:
            return None
        directions = ["", "_reverse"] if "both" in layer else [""]
        states = [torch.stack([self.named[f"initial.{s}_l{index}{d}"].expand(count, -1) for d in directions])
                  for s in ("h", "c")[: 2 if layer[0] == "lstm" else 1]]
        return tuple(states) if len(states) == 2 else states[0]

    def forward(self, x, lengths, targets):
        case, finals = self.case, []
        last = max([i for i, l in enumerate(case.layers) if l[0] in MODULES], default=-1)
        ends_in_one = not case.each and case.attention is None
        live = torch.arange(case.steps)[None, :] < lengths[:, None]
        end = None
        for i, (layer, module) in enumerate(self.encoder):
            before = x
            if layer[0] in ("embedding", "norm"):
                x = module(x)
            elif layer[0] == "dense":
                x = ACTIVATIONS[layer[2].capitalize()](module(x))
                x = x + before if "residual" in layer else x
            elif layer[0] == "conv":
                # Zero before the first step, and behind the last one of each sequence.
                reach = (layer[2] - 1) * layer[3]
                back = reach // 2 if "same" in layer else reach
                padded = functional.pad(x.masked_fill(~live[:, :, None], 0).transpose(1, 2), (back, reach - back))
                x = ACTIVATIONS[layer[4].capitalize()](module(padded)).transpose(1, 2)
                x = x + before if "residual" in layer else x
            else:
                packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                packed, state = module(packed, self.initial(layer, len(finals), len(x)))
                x, _ = pad_packed_sequence(packed, batch_first=True, total_length=case.steps)
                state = dict(zip("hc", state)) if layer[0] == "lstm" else {"h": state}
                finals.append({k: [v[d] for d in range(v.shape[0])] for k, v in state.items()})
                end = torch.cat(finals[-1]["h"], dim=1)
                if "residual" in layer:
                    x = x + before
                    if i == last and ends_in_one and case.pooling == "Last":
                        x = x[torch.arange(len(x)), lengths - 1]
                        continue
                if i == last and case.pooling == "Mean":
                    x = x.masked_fill(~live[:, :, None], 0).sum(1) / lengths[:, None]
                    continue
                if i == last and case.pooling == "Max":
                    x = x.masked_fill(~live[:, :, None], -torch.inf).max(1).values
                elif i == last and ends_in_one:
                    x = end
        if not case.decoder:
            return self.head(x)
        return self.decode(x[:, 0] if last < 0 else x, x[:, 0] if last < 0 else (x if case.attention is None else end), live, finals, targets)

    def beside(self, fed):
        """What the decoder's first layer reads: what it is fed, with what is known behind."""
        return torch.cat([fed, self.previous], dim=2) if self.case.feeding else fed

    def decode(self, memory, end, live, finals, targets):
        case = self.case
        if case.loss == "classes":
            fed = torch.cat([torch.full_like(targets[:, :1], case.start), targets[:, :-1]], dim=1)
        else:
            fed = torch.cat([torch.zeros_like(targets[:, :1]), targets[:, :-1]], dim=1)
        if case.feeding:
            return self.decode_feeding(fed, memory, end, live, finals)
        index, y = 0, fed if self.decoder[0][0][0] == "embedding" else self.beside(fed)
        last = max(i for i, (l, _) in enumerate(self.decoder) if l[0] in MODULES)
        for i, (layer, module) in enumerate(self.decoder):
            before = y
            if layer[0] == "embedding":
                y = self.beside(module(y))
            elif layer[0] == "norm":
                y = module(y)
            elif layer[0] == "dense":
                y = ACTIVATIONS[layer[2].capitalize()](module(y))
            else:
                state = [torch.tanh(self.bridges[(index, s)](end)) if (index, s) in self.bridges else finals[index][s][0]
                         for s in ("h", "c")[: 2 if layer[0] == "lstm" else 1]]
                state = [s[None].contiguous() for s in state]
                y, _ = module(y, tuple(state) if len(state) == 2 else state[0])
                index += 1
                y = y + before if "residual" in layer else y
                if i == last and case.attention:
                    y = self.attend(y, memory, live)
        return self.head(y)

    def decode_feeding(self, fed, memory, end, live, finals):
        """Step by step: each reads what attention made of the one before."""
        last = max(i for i, (l, _) in enumerate(self.decoder) if l[0] in MODULES)
        kinds = [l[0] for l, _ in self.decoder if l[0] in MODULES]
        states = [[(torch.tanh(self.bridges[(i, s)](end)) if (i, s) in self.bridges else finals[i][s][0])[None].contiguous()
                   for s in ("h", "c")[: 2 if kind == "lstm" else 1]] for i, kind in enumerate(kinds)]
        self.previous = torch.zeros(len(fed), 1, self.attended.out_features, dtype=torch.float64)
        outputs = []
        for step in range(fed.shape[1]):
            index, y = 0, fed[:, step:step + 1]
            if self.decoder[0][0][0] != "embedding":
                y = self.beside(y)
            for i, (layer, module) in enumerate(self.decoder[:last + 1]):
                before = y
                if layer[0] == "embedding":
                    y = self.beside(module(y))
                elif layer[0] == "norm":
                    y = module(y)
                else:
                    y, state = module(y, tuple(states[index]) if len(states[index]) == 2 else states[index][0])
                    states[index] = list(state) if len(states[index]) == 2 else [state]
                    index += 1
                    y = y + before if "residual" in layer else y
            self.previous = self.attend(y, memory, live)
            outputs.append(self.previous)
        y = torch.cat(outputs, dim=1)
        for layer, module in self.decoder[last + 1:]:
            y = ACTIVATIONS[layer[2].capitalize()](module(y))
        return self.head(y)

    def attend(self, h, memory, live):
        query = self.query(h)
        if self.case.attention == "Multiplicative":
            scores = query @ memory.transpose(1, 2)
        else:
            scores = torch.tanh(query[:, :, None] + self.key(memory)[:, None]) @ self.score
        weights = scores.masked_fill(~live[:, None], -torch.inf).softmax(-1)
        return torch.tanh(self.attended(torch.cat([weights @ memory, h], dim=2)))


def make(seed, case):
    torch.manual_seed(seed)
    network = Network(case)
    network.build()
    tokens = case.layers and case.layers[0][0] == "embedding"
    shape = [case.count, case.steps]
    inputs = torch.randint(case.layers[0][1], shape) if tokens else torch.randn(*shape, case.inputs, dtype=torch.float64)
    make_file(network, inputs, lambda: inputs)


def make_file(network, inputs, read):
    """Writes a file: the inputs as they are given, and what the first layer reads of them."""
    case = network.case
    lengths = torch.randint(1, case.steps + 1, [case.count])
    lengths[0] = case.steps
    steps = case.outsteps if case.decoder else case.steps if case.each else 1
    counted = torch.ones(case.count, steps, dtype=torch.bool)
    if case.loss == "classes":
        targets = torch.randint(case.outputs, [case.count, steps])
        if case.decoder:
            for row in targets:
                ends = (row == case.end).nonzero()
                if len(ends) > 0:
                    row[ends[0, 0]:] = case.end
            counted = (targets == case.end).cumsum(1) <= 1
        elif case.each:
            counted = torch.arange(steps)[None] < lengths[:, None]
        if case.masked:
            targets[torch.rand(case.count, steps) < 0.3] = -1
    elif case.loss == "ctc":
        # Up to four labels, as many as the steps hold: none, one, equal ones among them.
        targets = torch.zeros(case.count, 4, dtype=torch.long)
        for i, labels in enumerate([[1, 1, 2, 4], [], [3], [2, 2], [4, 3, 2, 1], [1, 2], [3, 3, 3]]):
            labels = labels[: max(0, (int(lengths[i]) + 1) // 2)]
            targets[i, : len(labels)] = torch.tensor(labels, dtype=torch.long)
    else:
        targets = torch.randn(case.count, steps, case.outputs, dtype=torch.float64)
        if case.each:
            counted = torch.arange(steps)[None] < lengths[:, None]
    outputs = network.forward(read(), lengths, targets).reshape(case.count, steps, case.outputs)
    if case.loss == "classes":
        loss = functional.cross_entropy(outputs[counted], targets[counted], ignore_index=-1)
    elif case.loss == "ctc":
        loss = functional.ctc_loss(outputs.log_softmax(2).transpose(0, 1), targets, lengths, (targets > 0).sum(1), blank=0, reduction="mean")
    else:
        loss = functional.mse_loss(outputs[counted], targets[counted])
    loss.backward()
    tensors = dict(network.named)
    tensors.update(inputs=inputs, lengths=lengths, targets=targets, loss=loss)
    tensors.update({f"grad.{name}": torch.zeros_like(value) if value.grad is None else value.grad for name, value in network.named.items()})
    write(HERE / "architectures" / f"{case.name}.safetensors", dict(torch=torch.__version__), tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, case in enumerate(CASES):
        make(100 + number, case)
