"""Writes small models as PyTorch and others save them, with an input and what PyTorch computes of it: tests/golden/foreign/*.pt, *.safetensors and pytorch.json; *.dat, *.json, *.nam and captures.json.

Run with a Python that has PyTorch:
    python3 tests/golden/make_foreign.py
"""
import json
import pathlib
import struct

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent / "foreign"
CASES = []


class Net(nn.Module):
    """Modules in data-flow order; recurrent ones hand on their outputs."""

    def __init__(self, last=False, **modules):
        super().__init__()
        self.last = last
        self.order = list(modules)
        for name, module in modules.items():
            if isinstance(module, nn.Module):
                self.add_module(name, module)
        self.functions = {name: module for name, module in modules.items() if not isinstance(module, nn.Module)}

    def forward(self, x):
        recurrent = [n for n in self.order if isinstance(getattr(self, n, None), (nn.RNN, nn.GRU, nn.LSTM))]
        for name in self.order:
            if name in self.functions:
                x = self.functions[name](x)
                continue
            module = getattr(self, name)
            x = module(x)
            if name in recurrent:
                x, h = x
                if self.last and name == recurrent[-1]:
                    h = h[0] if isinstance(h, tuple) else h
                    x = torch.cat([h[-2], h[-1]], dim=-1) if module.bidirectional else h[-1]
        return x


class FeatureNorm(nn.BatchNorm1d):
    """nn.BatchNorm1d over the features of [batch, steps, features], or of [batch, features]."""

    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2) if x.dim() == 3 else super().forward(x)


class StepConvolution(nn.Conv1d):
    """nn.Conv1d over the steps of [batch, steps, features], with zeros in front of them, or around them."""

    def __init__(self, *sizes, causal=False, **more):
        super().__init__(*sizes, padding=0 if causal else "same", **more)
        self.before = (self.kernel_size[0] - 1) * self.dilation[0] if causal else 0

    def forward(self, x):
        return super().forward(nn.functional.pad(x.transpose(1, 2), (self.before, 0))).transpose(1, 2)


def save_safetensors(path, state):
    names = sorted(state)
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in names:
        size = 4 * state[name].numel()
        header[name] = {"dtype": "F32", "shape": list(state[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(state[n].detach().numpy().astype("<f4").tobytes() for n in names))


def case(name, net, inputs, steps, save=torch.save, end=".pt", wrap=lambda state: state, dtype=torch.float32, saved=None, **more):
    torch.manual_seed(len(CASES))
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.7, 0.7)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.3, 2)
    net.eval()
    if saved:
        net = net.to(saved)  # rounds
    net = net.double()
    tokens = "vocabulary" in more
    x = torch.randint(0, more["vocabulary"], (1, steps)) if tokens else torch.randn(1, steps, inputs, dtype=torch.float64)
    with torch.no_grad():
        y = net(x)
    state = net.to(saved or dtype).state_dict()
    path = HERE / (name + end)
    save(wrap(state), path) if end == ".pt" else save_safetensors(path, state)
    with torch.no_grad():
        y = net.double()(x)  # the numbers as they were saved
    CASES.append({"file": path.name, "steps": steps, "architecture": "ManyToOne" if net.last else "ManyToMany",
                  "inputs": [float(v) for v in x.flatten()], "outputs": [float(v) for v in y.flatten()], **more})


def lstm(*sizes, **more):
    return nn.LSTM(*sizes, batch_first=True, **more)


HERE.mkdir(exist_ok=True)
case("lstm", Net(lstm=lstm(3, 5, num_layers=2), head=nn.Linear(5, 2)), 3, 7, declared=["Lstm(5)", "Lstm(5)"])
case("gru-both-ways", Net(last=True, gru=nn.GRU(2, 4, batch_first=True, bidirectional=True), fc=nn.Linear(8, 3)), 2, 6, declared=["Gru(4, Bidirectional = true)"])
case("rnn-relu", Net(rnn=nn.RNN(2, 6, nonlinearity="relu", batch_first=True), out=nn.Linear(6, 1)), 2, 5, activations={"rnn": "Relu"}, declared=["Rnn(6, Activation = Activation.Relu)"])
case("rnn", Net(last=True, rnn=nn.RNN(1, 4, batch_first=True, bias=False), out=nn.Linear(4, 1, bias=False)), 1, 5, declared=["Rnn(4)"])
case("projected", Net(lstm=lstm(2, 6, proj_size=3, bidirectional=True), out=nn.Linear(6, 2)), 2, 5, declared=["ProjectedLstm(6, Projection = 3, Bidirectional = true)"])
case("tokens", Net(last=True, encoder=nn.Embedding(11, 4), lstm=lstm(4, 5), decoder=nn.Linear(5, 11)), 1, 6, vocabulary=11, declared=["Embedding(11, 4)", "Lstm(5)"])
case("unequal", Net(a=lstm(2, 6), b=lstm(6, 4), fc1=nn.Linear(4, 3), relu=torch.relu, fc2=nn.Linear(3, 1)), 2, 6, activations={"fc1": "Relu"},
     declared=["Lstm(6)", "Lstm(4)", "Dense(3, Activation = Activation.Relu)"])
case("no-head", Net(gru=nn.GRU(2, 3, batch_first=True)), 2, 5, declared=["Gru(3)"])
case("half", Net(gru=nn.GRU(2, 3, batch_first=True), out=nn.Linear(3, 1)), 2, 5, saved=torch.float16, declared=["Gru(3)"])
case("bfloat16", Net(gru=nn.GRU(2, 3, batch_first=True), out=nn.Linear(3, 1)), 2, 5, saved=torch.bfloat16, declared=["Gru(3)"])
case("double", Net(lstm=lstm(2, 3), norm=nn.LayerNorm(3), out=nn.Linear(3, 2)), 2, 5, dtype=torch.float64, declared=["Lstm(3)", "LayerNorm"])


def checkpoint(state):
    parameter = nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([parameter], lr=0.1)
    parameter.sum().backward()
    optimizer.step()
    return {"epoch": 3, "loss": 0.25, "state_dict": {"module." + name: value for name, value in state.items()}, "optimizer": optimizer.state_dict(), "args": [None, True, "text", (1, 2)]}


case("checkpoint", Net(lstm=lstm(2, 4), out=nn.Linear(4, 1)), 2, 5, wrap=checkpoint, declared=["Lstm(4)"])
case("parameters", Net(lstm=lstm(2, 4), out=nn.Linear(4, 1)), 2, 5, wrap=lambda state: {name: nn.Parameter(value) for name, value in state.items()}, declared=["Lstm(4)"])
case("views", Net(lstm=lstm(2, 4), out=nn.Linear(4, 2)), 2, 5, wrap=lambda state: {name: value.t().contiguous().t() if value.dim() == 2 else value for name, value in state.items()}, declared=["Lstm(4)"])
case("by-name", Net(last=True, wte=nn.Embedding(9, 4), lstm=lstm(4, 6), head=nn.Linear(6, 2)), 1, 5, end=".safetensors", vocabulary=9, declared=["Embedding(9, 4)", "Lstm(6)"])
# Normalisations are folded into a neighbour: into the map in front, into the one behind, and at the end into the output layer.
case("batch-norm", Net(fc=nn.Linear(3, 4), bn=FeatureNorm(4), relu=torch.relu, lstm=lstm(4, 5), out=nn.Linear(5, 2)), 3, 7, activations={"bn": "Relu"}, declared=["Dense(4, Activation = Activation.Relu)", "Lstm(5)"])
case("batch-norm-between", Net(first=FeatureNorm(3), gru=nn.GRU(3, 4, num_layers=2, batch_first=True, bidirectional=True), between=FeatureNorm(8), lstm=lstm(8, 5), end=FeatureNorm(5)), 3, 7,
     declared=["Gru(4, Bidirectional = true)"] * 2 + ["Lstm(5)"])
case("batch-norm-plain", Net(last=True, rnn=nn.RNN(2, 4, batch_first=True), bn=FeatureNorm(4, affine=False), out=nn.Linear(4, 3)), 2, 6, declared=["Rnn(4)"])
# The file does not say which steps a convolution reads.
case("convolutions", Net(a=StepConvolution(3, 4, 3), relu=torch.relu, b=StepConvolution(4, 5, 2, dilation=2, causal=True, bias=False), c=StepConvolution(5, 4, 4), d=StepConvolution(4, 3, 1), gru=nn.GRU(3, 4, batch_first=True), out=nn.Linear(4, 2)), 3, 8,
     activations={"a": "Relu", "b": "Identity", "c": "Identity", "d": "Identity"}, convolutions={"a": "same", "b": "causal:2", "c": "same"},
     declared=["Conv1D(4, 3, Causal = false, Activation = Activation.Relu)", "Conv1D(5, 2, Dilation = 2)", "Conv1D(4, 4, Causal = false)", "Conv1D(3, 1)", "Gru(4)"])

# Other formats, written here from PyTorch's modules; their numbers are PyTorch's.
PYTORCH, CASES = CASES, []


def leb128(number):
    part = bytearray()
    while number >= 0x80:
        part.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(part + bytes([number]))


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def torchsharp(net):
    """As exportsd.py of TorchSharp."""
    types = {torch.float16: 5, torch.float32: 6, torch.float64: 7}
    state = net.state_dict()
    return leb128(len(state)) + b"".join(
        leb128(len(name)) + name.encode() + leb128(types[value.dtype]) + leb128(value.dim()) + b"".join(map(leb128, value.shape)) + value.numpy().tobytes() for name, value in state.items())


def numbers(tensor):
    return tensor.detach().tolist()


def keras(module):
    """get_weights() of Keras: [inputs, gates x units], LSTM i f c o and one bias, GRU z r h and two."""
    if isinstance(module, nn.Linear):
        return [numbers(module.weight.t())] + ([numbers(module.bias)] if module.bias is not None else [])
    gru = isinstance(module, nn.GRU)
    order = [1, 0, 2] if gru else [0, 1, 2, 3]
    turn = lambda x: torch.cat([x.chunk(len(order))[i] for i in order])
    biases = [turn(module.bias_ih_l0), turn(module.bias_hh_l0)]
    return [numbers(turn(module.weight_ih_l0).t()), numbers(turn(module.weight_hh_l0).t()), numbers(torch.stack(biases)) if gru else numbers(biases[0] + biases[1])]


def rtneural(net, inputs, functions={}, **more):
    layers = []
    for name, module in net.named_children():
        if isinstance(module, nn.Conv1d):
            layers.append({"type": "conv1d", "activation": functions.get(name, ""), "shape": [None, None, module.out_channels], "kernel_size": list(module.kernel_size), "dilation": list(module.dilation), "groups": 1,
                           "weights": [numbers(module.weight.permute(2, 1, 0)), numbers(module.bias)]})
            continue
        if isinstance(module, nn.BatchNorm1d):
            layers.append({"type": "batchnorm", "activation": "", "shape": [None, None, module.num_features], "epsilon": module.eps, "weights": [numbers(v) for v in (module.weight, module.bias, module.running_mean, module.running_var)]})
            continue
        kind, size = ("dense", module.out_features) if isinstance(module, nn.Linear) else ("gru" if isinstance(module, nn.GRU) else "lstm", module.hidden_size)
        layers.append({"type": kind, "activation": functions.get(name, "" if kind == "dense" else "tanh"), "shape": [None, None, size], "weights": keras(module)})
    return {"in_shape": [None, None, inputs], "layers": layers, **more}


def guitarml(net, inputs, skip):
    unit = "GRU" if isinstance(net.rec, nn.GRU) else "LSTM"
    return {"model_data": {"model": "SimpleRNN", "input_size": inputs, "skip": skip, "output_size": 1, "unit_type": unit, "num_layers": net.rec.num_layers, "hidden_size": net.rec.hidden_size, "bias_fl": True},
            "state_dict": {name: numbers(value) for name, value in net.state_dict().items()}}


def nam(rec, lin, h0, c0):
    weights = []
    for k in range(rec.num_layers):
        get = lambda name: getattr(rec, "%s_l%d" % (name, k))
        weights += numbers(torch.cat([get("weight_ih"), get("weight_hh")], dim=1).flatten()) + numbers(get("bias_ih") + get("bias_hh")) + numbers(h0[k, 0]) + numbers(c0[k, 0])
    weights += numbers(lin.weight.flatten()) + numbers(lin.bias)
    return {"version": "0.5.4", "metadata": {"name": "Test", "loudness": -18.5, "date": {"year": 2026}, "gear_make": None}, "architecture": "LSTM",
            "config": {"input_size": 1, "hidden_size": rec.hidden_size, "num_layers": rec.num_layers}, "weights": weights, "sample_rate": 48000.0}


def other(name, net, inputs, steps, content, skip=0, states=None, **more):
    torch.manual_seed(100 + len(CASES))
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.7, 0.7)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.3, 2)
    net = net.float().eval()
    write(HERE / name, content(net))
    net = net.double()
    x = torch.randn(1, steps, inputs, dtype=torch.float64)
    with torch.no_grad():
        if states:
            y, _ = net.rec(x, tuple(state.double() for state in states))
            y = net.lin(y)
        else:
            y = net(x)
        y = y + x[:, :, :skip] if skip else y
    CASES.append({"file": name, "steps": steps, "architecture": "ManyToMany", "inputs": [float(v) for v in x.flatten()], "outputs": [float(v) for v in y.flatten()], **more})


torch.manual_seed(99)
states = (torch.randn(2, 1, 3), torch.randn(2, 1, 3))
other("torchsharp.dat", Net(lstm=lstm(3, 5, num_layers=2), head=nn.Linear(5, 2)), 3, 7, torchsharp, declared=["Lstm(5)", "Lstm(5)"])
other("torchsharp-gru.dat", Net(gru=nn.GRU(2, 4, batch_first=True), norm=nn.LayerNorm(4), head=nn.Linear(4, 1)), 2, 7, torchsharp, declared=["Gru(4)", "LayerNorm"])
other("rtneural-lstm.json", Net(lstm=lstm(1, 6), dense=nn.Linear(6, 1)), 1, 9, lambda net: rtneural(net, 1), declared=["Lstm(6)"])
other("rtneural-gru.json", Net(before=nn.Linear(2, 4), tanh=torch.tanh, gru=nn.GRU(4, 5, batch_first=True), dense=nn.Linear(5, 1, bias=False)), 2, 9, lambda net: rtneural(net, 2, {"before": "tanh"}),
      declared=["Dense(4, Activation = Activation.Tanh)", "Gru(5)"])
other("aida-x.json", Net(lstm=lstm(1, 6), dense=nn.Linear(6, 1)), 1, 9, lambda net: rtneural(net, 1, in_skip=1, in_gain=-3.5, out_gain=1, samplerate=48000, metadata={"name": "Test", "esr": 0.02}), skip=1, declared=["Lstm(6)"])
other("guitarml-lstm.json", Net(rec=lstm(1, 6), lin=nn.Linear(6, 1)), 1, 9, lambda net: guitarml(net, 1, 1), skip=1, declared=["Lstm(6)"])
other("guitarml-gru.json", Net(rec=nn.GRU(2, 5, batch_first=True), lin=nn.Linear(5, 1)), 2, 9, lambda net: guitarml(net, 2, 0), declared=["Gru(5)"])
other("capture.nam", Net(rec=lstm(1, 3, num_layers=2), lin=nn.Linear(3, 1)), 1, 9, lambda net: nam(net.rec, net.lin, *states), states=states, declared=["Lstm(3)", "Lstm(3)"])


class CausalConv(nn.Conv1d):
    """Over the steps of [batch, steps, features], with zeros in front."""

    def forward(self, x):
        return super().forward(nn.functional.pad(x.transpose(1, 2), ((self.kernel_size[0] - 1) * self.dilation[0], 0))).transpose(1, 2)


other("rtneural-conv.json", Net(conv=CausalConv(1, 4, 3, dilation=2), norm=FeatureNorm(4), gru=nn.GRU(4, 5, batch_first=True), after=FeatureNorm(5), fc=nn.Linear(5, 3), tanh=torch.tanh, dense=nn.Linear(3, 1)), 1, 12,
      lambda net: rtneural(net, 1, {"fc": "tanh"}), declared=["Conv1D(4, 3, Dilation = 2)", "Gru(5)", "Dense(3, Activation = Activation.Tanh)"])
(HERE / "captures.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in CASES) + "\n]\n")
CASES = PYTORCH

write(HERE / "rejected-wavenet.nam", {"version": "0.5.4", "architecture": "WaveNet", "config": {"layers": []}, "weights": [1, 2]})
write(HERE / "rejected-conv1d.json", {"in_shape": [None, None, 1], "layers": [{"type": "lstm", "activation": "tanh", "shape": [None, None, 2], "weights": keras(nn.LSTM(1, 2))},
                                                                              {"type": "conv1d", "activation": "", "shape": [None, None, 4], "kernel_size": [3], "dilation": [1], "groups": 2, "weights": []}]})
write(HERE / "rejected-skip.json", {"in_shape": [None, None, 1], "in_skip": 2, "layers": []})
write(HERE / "rejected-softmax.json", {"in_shape": [None, None, 1], "layers": [{"type": "dense", "activation": "softmax", "shape": [None, None, 2], "weights": keras(nn.Linear(1, 2))}]})

# The model of docs/how-to/bring-a-pytorch-model.md, whose page says what this prints.
torch.manual_seed(1)
forecaster = Net(last=True, lstm=lstm(1, 16), head=nn.Linear(16, 1))
series = torch.sin(0.3 * torch.arange(1000.0))
windows = torch.stack([series[i:i + 24] for i in range(900)]).unsqueeze(-1)
optimizer = torch.optim.Adam(forecaster.parameters(), lr=0.01)
for _ in range(60):
    optimizer.zero_grad()
    nn.functional.mse_loss(forecaster(windows).squeeze(-1), series[24:924]).backward()
    optimizer.step()
torch.save(forecaster.state_dict(), HERE.parent.parent.parent / "docs" / "how-to" / "forecaster.pt")
print("forecast after 24 steps: %.6f" % forecaster(windows[:1]).item())

# What is rejected: nothing of it may run.
torch.save(nn.LSTM(2, 3), HERE / "rejected-module.pt")
torch.save({"conv.weight": torch.zeros(2, 2, 3), "conv.bias": torch.zeros(2)}, HERE / "rejected-convolution.pt")
torch.save(Net(lstm=lstm(2, 3), bn=nn.BatchNorm1d(3), norm=nn.LayerNorm(3)).state_dict(), HERE / "rejected-normalisation.pt")
torch.save(nn.Linear(2, 3).state_dict(), HERE / "rejected-no-recurrence.pt")
torch.save({"a.weight": torch.zeros(2, 2), "lstm.weight_ih_l0": torch.zeros(8, 2), "lstm.weight_hh_l0": torch.zeros(8, 2), "fc1.weight": torch.zeros(2, 2), "fc1.bias": torch.zeros(2),
            "fc2.weight": torch.zeros(2, 2), "fc2.bias": torch.zeros(2)}, HERE / "rejected-function.pt")
torch.save(nn.LSTM(2, 3).state_dict(), HERE / "rejected-old.pt", _use_new_zipfile_serialization=False)
torch.jit.script(nn.Linear(2, 3)).save(HERE / "rejected-script.pt")

(HERE / "pytorch.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in CASES) + "\n]\n")
