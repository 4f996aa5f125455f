"""Writes small ONNX graphs with an input and its output: tests/golden/foreign/*.onnx and onnx.json.

torch-*.onnx are exported by PyTorch, whose outputs they have. node-*.onnx are the node tests of ONNX (Apache-2.0, Debian's libonnx-testdata) with their weights as constants, and their outputs. case-*.onnx are single ops that
those do not cover; their outputs are computed here, in double, by the equations of the standard. Run with a Python that has PyTorch and onnx:
    python3 tests/golden/make_foreign_onnx.py
"""
import json
import pathlib

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HERE = pathlib.Path(__file__).parent / "foreign"
NODES = pathlib.Path("/usr/share/libonnx-testdata/data/node")
CASES = []


def add(file, steps, last, x, y, declared, bound=1e-12, **more):
    CASES.append({"file": file, "steps": steps, "architecture": "ManyToOne" if last else "ManyToMany", "inputs": [float(v) for v in x.flatten().tolist()], "outputs": [float(v) for v in y.flatten().tolist()],
                  "declared": declared, "bound": bound, **more})


class Exported(nn.Module):
    def __init__(self, run, **modules):
        super().__init__()
        self.run = run
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, *x):
        return self.run(self, *x)


def torch_case(name, net, x, last, declared, axes=True, opset=14, **more):
    torch.manual_seed(len(CASES))
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.7, 0.7)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.3, 2)
    net.eval()
    file = "torch-" + name + ".onnx"
    xs = x if isinstance(x, tuple) else (x,)
    torch.onnx.export(net, xs, HERE / file, opset_version=opset, input_names=["input"] + ["state%d" % i for i in range(len(xs) - 1)], output_names=["output"],
                      dynamic_axes={"input": {0: "batch", 1: "time"}, "output": {0: "batch"}} if axes else None)
    net = net.double()
    with torch.no_grad():
        y = net(*(v.double() if v.is_floating_point() else v for v in xs))
    y = y[0] if isinstance(y, tuple) else y  # an import has the first output
    add(file, x.shape[1] if not isinstance(x, tuple) else x[0].shape[1], last, xs[0], y, declared, **more)


def lstm(*sizes, **more):
    return nn.LSTM(*sizes, batch_first=True, **more)


x = torch.randn(1, 6, 3)
torch_case("lstm", Exported(lambda n, x: n.head(n.rnn(x)[0]), rnn=lstm(3, 5), head=nn.Linear(5, 2)), x, False, ["Lstm(5)"])
torch_case("lstm-fixed", Exported(lambda n, x: torch.sigmoid(n.head(n.rnn(x)[0])), rnn=lstm(3, 5), head=nn.Linear(5, 2)), x, False, ["Lstm(5)"], axes=False)
torch_case("lstm-both-ways", Exported(lambda n, x: n.head(n.rnn(x)[0]), rnn=lstm(3, 4, num_layers=2, bidirectional=True), head=nn.Linear(8, 2)), x, False, ["Lstm(4, Bidirectional = true)"] * 2)
torch_case("gru-last-step", Exported(lambda n, x: n.head(n.rnn(x)[0][:, -1]), rnn=nn.GRU(3, 5, batch_first=True), head=nn.Linear(5, 2)), x, True, ["Gru(5)"])
torch_case("gru-last-state", Exported(lambda n, x: n.head(torch.relu(n.fc(n.rnn(x)[1][-1]))), rnn=nn.GRU(3, 4, num_layers=2, batch_first=True), fc=nn.Linear(4, 3), head=nn.Linear(3, 2)), x, True,
           ["Gru(4)", "Gru(4)", "Dense(3, Activation = Activation.Relu)"])
torch_case("rnn-relu", Exported(lambda n, x: n.rnn(x)[0], rnn=nn.RNN(3, 4, nonlinearity="relu", batch_first=True)), x, False, ["Rnn(4, Activation = Activation.Relu)"])
torch_case("time-first", Exported(lambda n, x: n.head(n.rnn(x.transpose(0, 1))[0]).transpose(0, 1), rnn=nn.GRU(3, 4), head=nn.Linear(4, 1)), x, False, ["Gru(4)"])
torch_case("states", Exported(lambda n, x, h: n.head(n.rnn(x, h)[0]), rnn=nn.GRU(3, 4, batch_first=True), head=nn.Linear(4, 1)), (x, torch.zeros(1, 1, 4)), False, ["Gru(4)"])


torch.manual_seed(50)
tokens = Exported(lambda n, x: n.end(n.head(n.rnn(n.table(x))[0])), table=nn.Embedding(9, 4), rnn=lstm(4, 5), head=nn.Linear(5, 9), end=nn.LogSoftmax(-1))
t = torch.randint(0, 9, (1, 6))
torch.onnx.export(tokens, (t,), HERE / "torch-tokens.onnx", opset_version=14, input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "batch", 1: "time"}})
tokens.end = nn.Identity()  # an import leaves the softmax out
with torch.no_grad():
    add("torch-tokens.onnx", 6, False, t, tokens.double()(t), ["Embedding(9, 4)", "Lstm(5)"])

# The node tests, each sequence of a batch by itself.
DECLARED = {"gru": "ResetBeforeGru", "lstm": "Lstm", "rnn": "Rnn", "simple_rnn": "Rnn"}
for folder in sorted(f for kind in DECLARED for f in NODES.glob("test_%s_*" % kind)):
    model = onnx.load(folder / "model.onnx")
    data = folder / "test_data_set_0"
    load = lambda file: numpy_helper.to_array(onnx.TensorProto.FromString((data / file).read_bytes()))
    values = [load("input_%d.pb" % i) for i in range(len(model.graph.input))]
    for info, value in list(zip(model.graph.input, values))[1:]:
        model.graph.initializer.append(numpy_helper.from_array(value, info.name))
        model.graph.input.remove(info)
    file = "node-" + folder.name[5:].replace("_", "-") + ".onnx"
    onnx.save(model, HERE / file)
    node = model.graph.node[0]
    layout = next((a.i for a in node.attribute if a.name == "layout"), 0)
    x, y = torch.tensor(values[0]), torch.tensor(load("output_0.pb"))
    last = not node.output[0]
    kind = folder.name[5:].split("_")[0] if not folder.name.startswith("test_simple") else "simple_rnn"
    name = "PeepholeLstm" if "peephole" in folder.name else DECLARED[kind]
    for b in range(x.shape[0 if layout else 1]):
        one = x[b] if layout else x[:, b]
        # Y is [T, D, B, H], or [B, T, D, H]; Y_h is [D, B, H], or [B, D, H].
        out = (y[b] if layout else y[:, b]) if last else (y[b] if layout else y[:, :, b])
        add(file, one.shape[0], last, one, out, ["%s(%d)" % (name, y.shape[-1])], bound=2e-6)


# Single ops that the node tests do not cover.
def affine(x, w, b):
    return x @ w.t() + b


def run(op, x, w, r, b, h, c=None, p=None, lbr=0, coupled=False, f=torch.tanh, gate=torch.sigmoid, output=torch.tanh):
    """One direction by the standard's equations; x is [T, I]. f is the function of the candidate."""
    wb, rb = b.chunk(2)
    g = {"RNN": 1, "GRU": 3, "LSTM": 4}[op]
    ws, rs, wbs, rbs = w.chunk(g), r.chunk(g), wb.chunk(g), rb.chunk(g)
    out = []
    for xt in x:
        a = lambda i: affine(xt, ws[i], wbs[i])
        s = lambda i, v: affine(v, rs[i], rbs[i])
        if op == "RNN":
            h = f(a(0) + s(0, h))
        elif op == "GRU":
            z, reset = gate(a(0) + s(0, h)), gate(a(1) + s(1, h))
            n = f(a(2) + (reset * s(2, h) if lbr else s(2, reset * h)))
            h = (1 - z) * n + z * h
        else:
            pi, po, pf = p.chunk(3) if p is not None else (0, 0, 0)
            i = gate(a(0) + s(0, h) + pi * c)
            # The standard does not say which gate follows from the other; this is what ONNX Runtime computes.
            forget = 1 - i if coupled else gate(a(2) + s(2, h) + pf * c)
            c = forget * c + i * f(a(3) + s(3, h))
            h = gate(a(1) + s(1, h) + po * c) * output(c)
        out.append(h)
    return torch.stack(out)


def op_case(name, op, declared, directions=1, layout=0, initial=False, last=False, p=False, lbr=0, coupled=False, relu=False, sequence_lens=False, opset=14, functions=(), reverse=False, **more):
    torch.manual_seed(1000 + len(CASES))
    g, H, I, T = {"RNN": 1, "GRU": 3, "LSTM": 4}[op], 3, 2, 5
    draw = lambda *shape: torch.empty(*shape).uniform_(-0.8, 0.8).double().float().double()
    w, r, b = draw(directions, g * H, I), draw(directions, g * H, H), draw(directions, 2 * g * H)
    peep = draw(directions, 3 * H) if p else None
    h0 = draw(directions, H) if initial else torch.zeros(directions, H).double()
    c0 = draw(directions, H) if initial else torch.zeros(directions, H).double()
    x = draw(T, I)
    f = torch.relu if relu else torch.tanh
    outs = []
    for d in range(directions):
        back = d == 1 or reverse
        y = run(op, x.flip(0) if back else x, w[d], r[d], b[d], h0[d], c0[d], None if peep is None else peep[d], lbr, coupled, *(functions or (f,)))
        outs.append(y.flip(0) if back else y)
    y = torch.cat([outs[0][0 if reverse else -1]] + [o[0] for o in outs[1:]]) if last else torch.cat(outs, dim=-1)
    constants = {"W": w, "R": r, "B": b}
    names = ["X", "W", "R", "B", "lens" if sequence_lens else ""]
    state = lambda v: v.unsqueeze(0) if layout else v.unsqueeze(1)
    names += ["h0" if initial else ""] + (["c0" if initial else "", "P" if p else ""] if op == "LSTM" else [])
    if initial:
        constants["h0"] = state(h0)
        if op == "LSTM":
            constants["c0"] = state(c0)
    if p:
        constants["P"] = peep
    attributes = {"hidden_size": H, **more}
    if directions == 2 or reverse:
        attributes["direction"] = "reverse" if reverse else "bidirectional"
    if layout:
        attributes["layout"] = 1
    if lbr:
        attributes["linear_before_reset"] = 1
    if coupled:
        attributes["input_forget"] = 1
    if relu:
        attributes["activations"] = ["Relu"] * directions
    # Y [T, D, B, H] -> [T, B, D, H] -> [T, B, D H]; [B, T, D, H] -> [B, T, D H]; Y_h [D, B, H] -> [B, D, H] -> [B, D H].
    nodes = [helper.make_node(op, names, ["", "Y_h"] if last else ["Y"], **attributes)]
    value = "Y_h" if last else "Y"
    if not layout:
        nodes.append(helper.make_node("Transpose", [value], ["turned"], perm=[1, 0, 2] if last else [0, 2, 1, 3]))
        value = "turned"
    nodes.append(helper.make_node("Reshape", [value, "shape"], ["out"]))
    shape = [0, -1] if last else [0, 0, -1]
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["B", T, I] if layout else [T, "B", I])]
    if sequence_lens:
        inputs.append(helper.make_tensor_value_info("lens", TensorProto.INT32, ["B"]))
    graph = helper.make_graph(nodes, name, inputs, [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(v.float().numpy(), k) for k, v in constants.items()] + [helper.make_tensor("shape", TensorProto.INT64, [len(shape)], shape)])
    file = "case-" + name + ".onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), HERE / file)
    add(file, T, last, x, y, [declared] if isinstance(declared, str) else declared)


both = ", Bidirectional = true)"
op_case("gru-after", "GRU", "Gru(3)", lbr=1, initial=True)
op_case("gru-after-both-ways", "GRU", "Gru(3" + both, directions=2, lbr=1, initial=True)
op_case("gru-before-both-ways-last", "GRU", "ResetBeforeGru(3" + both, directions=2, last=True)
op_case("gru-after-batch-first", "GRU", "Gru(3" + both, directions=2, lbr=1, layout=1, initial=True)
op_case("gru-lengths", "GRU", "Gru(3)", lbr=1, sequence_lens=True)
op_case("lstm-peephole-both-ways", "LSTM", "PeepholeLstm(3" + both, directions=2, p=True, initial=True)
op_case("lstm-coupled", "LSTM", "CoupledLstm(3)", coupled=True)
op_case("lstm-last-both-ways", "LSTM", "Lstm(3" + both, directions=2, last=True, initial=True)
op_case("lstm-batch-first", "LSTM", "Lstm(3" + both, directions=2, layout=1, initial=True)
op_case("lstm-batch-first-last", "LSTM", "Lstm(3" + both, directions=2, layout=1, last=True, opset=15)
op_case("rnn-relu-both-ways", "RNN", "Rnn(3, Activation = Activation.Relu" + both, directions=2, relu=True)
op_case("rnn-old", "RNN", "Rnn(3)", initial=True, opset=7)

# Values that are read twice, reductions over steps, and batch normalisations. Behind the other cases, whose seeds are their numbers.
turned = lambda module, x: module(x.transpose(1, 2)).transpose(1, 2)
torch_case("residual", Exported(lambda n, x: n.head(torch.tanh(n.fc(n.add(n.a(x)[0])))), add=Exported(lambda m, y: y + m.b(y)[0], b=nn.GRU(4, 4, batch_first=True)), a=lstm(3, 4), fc=nn.Linear(4, 3), head=nn.Linear(3, 2)), x, False,
           ["Lstm(4)", "Gru(4, Residual = true)", "Dense(3, Activation = Activation.Tanh)"])
torch_case("residual-last", Exported(lambda n, x: n.head(n.add(torch.relu(n.fc(x)))[:, -1]), fc=nn.Linear(3, 4), add=Exported(lambda m, y: m.b(y)[0] + y, b=lstm(4, 2, bidirectional=True)), head=nn.Linear(4, 2)), x, True,
           ["Dense(4, Activation = Activation.Relu)", "Lstm(2, Bidirectional = true, Residual = true)"])
torch_case("skip", Exported(lambda n, x: n.head(n.rnn(x)[0]) + x[:, :, :1], rnn=lstm(3, 5), head=nn.Linear(5, 1)), x, False, ["Lstm(5)"])
torch_case("skip-all", Exported(lambda n, x: x + n.head(n.rnn(x)[0]), rnn=nn.GRU(3, 4, batch_first=True), head=nn.Linear(4, 3)), x, False, ["Gru(4)"])
torch_case("mean", Exported(lambda n, x: n.head(n.rnn(x)[0].mean(1)), rnn=lstm(3, 4, bidirectional=True), head=nn.Linear(8, 2)), x, True, ["Lstm(4, Bidirectional = true)"])
torch_case("maximum", Exported(lambda n, x: n.head(n.rnn(x)[0].amax(1)), rnn=nn.GRU(3, 4, batch_first=True), head=nn.Linear(4, 2)), x, True, ["Gru(4)"])
torch_case("batch-norm", Exported(lambda n, x: n.head(turned(n.between, n.rnn(turned(n.first, x))[0])), first=nn.BatchNorm1d(3), rnn=lstm(3, 4, bidirectional=True), between=nn.BatchNorm1d(8), head=nn.Linear(8, 2)), x, False,
           ["Lstm(4, Bidirectional = true)"])
torch_case("batch-norm-head", Exported(lambda n, x: n.end(n.head(n.rnn(x)[1][-1])), rnn=nn.GRU(3, 4, batch_first=True), head=nn.Linear(4, 2), end=nn.BatchNorm1d(2)), x, True, ["Gru(4)"])
torch_case("batch-norm-convolution", Exported(lambda n, x: n.head(n.rnn(torch.relu(n.bn(n.conv(x.transpose(1, 2)))).transpose(1, 2))[0]), conv=nn.Conv1d(3, 4, 3, padding=1), bn=nn.BatchNorm1d(4), rnn=lstm(4, 5), head=nn.Linear(5, 2)), x, False,
           ["Conv1D(4, 3, Causal = false, Activation = Activation.Relu)", "Lstm(5)"])
# What exporters write around common models: lengths that are computed, zeros in front of a convolution, states of several layers, and normalisations of old opsets.
two = Exported(lambda n, x: n.head(n.second(n.first(x)[0])[0]), first=nn.GRU(3, 5, batch_first=True), second=lstm(5, 4), head=nn.Linear(4, 2))
torch_case("two-modules", two, x, False, ["Gru(5)", "Lstm(4)"], opset=13)
padded = lambda pad: Exported(lambda n, x: n.head(n.rnn(torch.relu(n.conv(pad(x.transpose(1, 2)))).transpose(1, 2))[0]), conv=nn.Conv1d(3, 4, 3), rnn=nn.GRU(4, 5, batch_first=True), head=nn.Linear(5, 2))
torch_case("padded", padded(lambda v: nn.functional.pad(v, (2, 0))), x, False, ["Conv1D(4, 3, Activation = Activation.Relu)", "Gru(5)"], opset=13)
torch_case("padded-old", padded(nn.ConstantPad1d((2, 0), 0.0)), x, False, ["Conv1D(4, 3, Activation = Activation.Relu)", "Gru(5)"], opset=11)
ends = lambda n, x: (lambda h: n.head(torch.cat([h[-2], h[-1]], 1)))(n.rnn(x)[1])
torch_case("both-last-states", Exported(ends, rnn=nn.GRU(3, 4, batch_first=True, bidirectional=True), head=nn.Linear(8, 2)), x, True, ["Gru(4, Bidirectional = true)"])
torch_case("both-last-states-of-two", Exported(ends, rnn=nn.GRU(3, 4, num_layers=2, batch_first=True, bidirectional=True), head=nn.Linear(8, 2)), x, True, ["Gru(4, Bidirectional = true)"] * 2)
torch_case("last-states-in-rows", Exported(lambda n, x: n.head(n.rnn(x)[1].transpose(0, 1).reshape(x.shape[0], -1)), rnn=nn.GRU(3, 4, batch_first=True, bidirectional=True), head=nn.Linear(8, 2)), x, True, ["Gru(4, Bidirectional = true)"])


class Started(Exported):
    def __init__(self, **modules):
        super().__init__(lambda n, x: n.head(n.rnn(x, (n.h.repeat(1, x.shape[0], 1), n.c.expand(-1, x.shape[0], -1).contiguous()))[0]), **modules)
        self.h, self.c = nn.Parameter(torch.zeros(2, 1, 4)), nn.Parameter(torch.zeros(2, 1, 4))


for axes in (True, False):
    torch_case("learned-states" + ("" if axes else "-fixed"), Started(rnn=lstm(3, 4, num_layers=2), head=nn.Linear(4, 2)), x, False, ["Lstm(4)", "Lstm(4)"], axes=axes)
torch_case("filled-states", Exported(lambda n, x: n.head(n.rnn(x, torch.ones(1, x.shape[0], 4, dtype=x.dtype) * 0.25)[0]), rnn=nn.GRU(3, 4, batch_first=True), head=nn.Linear(4, 2)), x, False, ["Gru(4)"])
torch_case("norm-old", Exported(lambda n, x: n.head(n.norm(n.rnn(x)[0])), rnn=nn.GRU(3, 4, batch_first=True), norm=nn.LayerNorm(4), head=nn.Linear(4, 2)), x, False, ["Gru(4)", "LayerNorm"])
torch_case("outputs", Exported(lambda n, x: (lambda o: (n.head(o[0]),) + o[1])(n.rnn(x)), rnn=lstm(3, 4, num_layers=2), head=nn.Linear(4, 2)), x, False, ["Lstm(4)", "Lstm(4)"])


# Graphs by hand: a GRU and the nodes behind it.
def by_hand(name, nodes, outputs=("out",), constants={}, extra=(), x_shape=(5, "B", 2), opset=14, **attributes):
    torch.manual_seed(2000 + len(name))
    H, I = 3, 2
    draw = lambda *shape: torch.empty(*shape).uniform_(-0.8, 0.8)
    all_constants = {"W": draw(1, 3 * H, I), "R": draw(1, 3 * H, H), "V": draw(H, 2), "one": torch.tensor([1]), **constants}
    nodes = [helper.make_node("GRU", ["X", "W", "R"], ["Y", "Y_h"], name="first", **{"hidden_size": H, **attributes}), helper.make_node("Squeeze", ["Y", "one"], ["S"]), helper.make_node("MatMul", ["S", "V"], ["M"], name="head")] + nodes
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("X", TensorProto.FLOAT, x_shape)], [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs],
                              [numpy_helper.from_array(v.numpy(), k) for k, v in all_constants.items()] + list(extra))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("my.ops", 1)], ir_version=8), HERE / (name + ".onnx"))
    values = {k: v.double() if v.is_floating_point() else v for k, v in all_constants.items()}
    one = draw(5, I).double()
    return one, run("GRU", one, values["W"][0], values["R"][0], torch.zeros(6 * H).double(), torch.zeros(H).double()) @ values["V"].double()


node = helper.make_node
# What leads to no output is not part of the model, and one sequence in front of its steps is its steps.
add("case-dead-end.onnx", 5, False, *by_hand("case-dead-end", [node("Relu", ["M"], ["dead"])], outputs=("M",)), ["ResetBeforeGru(3)"])
add("case-one-sequence.onnx", 5, False, *by_hand("case-one-sequence", [node("Reshape", ["Y", "shape"], ["rows"]), node("MatMul", ["rows", "V"], ["out"])], constants={"shape": torch.tensor([1, -1, 3])}), ["ResetBeforeGru(3)"])
scaled = by_hand("case-scaled", [node("Gather", ["S", "last"], ["L"], axis=0), node("Gemm", ["L", "V", "bias"], ["out"], alpha=0.5, beta=2.0)], constants={"last": torch.tensor(-1), "bias": torch.tensor([0.25, -0.5])})
add("case-scaled.onnx", 5, True, scaled[0], scaled[1][-1] * 0.5 + torch.tensor([0.5, -1.0]), ["ResetBeforeGru(3)"])
# Functions that no attribute of RnnGen's has; the candidate's first, then that of the gates and that of the cell state. ONNX Runtime clips what gates and candidate read, and not the cell state.
hard = lambda alpha, beta: lambda v: torch.clamp(alpha * v + beta, 0, 1)
clipped = lambda f, bound: lambda v: f(torch.clamp(v, -bound, bound))
op_case("lstm-hard-sigmoid", "LSTM", "Recurrent<CaseLstmHardSigmoid.HardSigmoidLstm>(3)", initial=True, functions=(torch.tanh, hard(0.2, 0.5)), activations=["HardSigmoid", "Tanh", "Tanh"])
op_case("lstm-functions-both-ways", "LSTM", "Recurrent<CaseLstmFunctionsBothWays.ClippedHardSigmoidReluScaledTanhPeepholeLstm>(3" + both, directions=2, p=True, initial=True, layout=1, clip=0.75,
        functions=(clipped(torch.relu, 0.75), clipped(hard(0.25, 0.375), 0.75), lambda v: 1.5 * torch.tanh(0.5 * v)), activations=["HardSigmoid", "Relu", "ScaledTanh"] * 2, activation_alpha=[0.25, 1.5] * 2, activation_beta=[0.375, 0.5] * 2)
op_case("gru-hard-sigmoid-last", "GRU", "Recurrent<CaseGruHardSigmoidLast.HardSigmoidGru>(3)", lbr=1, last=True, functions=(torch.tanh, hard(0.2, 0.5)), activations=["HardSigmoid", "Tanh"])
op_case("gru-softsign-lengths", "GRU", "Recurrent<CaseGruSoftsignLengths.HardSigmoidSoftsignResetBeforeGru>(3)", sequence_lens=True, functions=(nn.functional.softsign, hard(0.2, 0.5)), activations=["HardSigmoid", "Softsign"])
op_case("rnn-clipped", "RNN", "Recurrent<CaseRnnClipped.ClippedRnn>(3)", functions=(clipped(torch.tanh, 0.5),), clip=0.5)
# The backward direction alone, whose outputs a dense layer takes: the output layer, where there is no other.
op_case("lstm-reverse", "LSTM", "Lstm(3" + both, reverse=True, initial=True, p=False)
op_case("lstm-reverse-peephole-last", "LSTM", "PeepholeLstm(3" + both, reverse=True, p=True, last=True, layout=1)
op_case("gru-reverse-lengths", "GRU", "Gru(3" + both, reverse=True, lbr=1, sequence_lens=True)
(HERE / "onnx.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in CASES) + "\n]\n")


def rejected(name, op="GRU", **attributes):
    g = {"RNN": 1, "GRU": 3, "LSTM": 4}[op]
    zeros = lambda key, *shape: helper.make_tensor(key, TensorProto.FLOAT, shape, [0.5] * int(torch.tensor(shape).prod()))
    nodes = [helper.make_node(op, ["X", "W", "R"], ["Y"], name="first", hidden_size=2, **attributes)]
    if name == "convolution":
        nodes.append(helper.make_node("Conv", ["Y", "W"], ["Z"], name="second"))
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("X", TensorProto.FLOAT, [5, 1, 1])], [helper.make_tensor_value_info("Z" if name == "convolution" else "Y", TensorProto.FLOAT, None)], [zeros("W", 1, g * 2, 1), zeros("R", 1, g * 2, 2)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    if name == "outside":
        tensor = model.graph.initializer[0]
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "../../../etc/passwd"
    onnx.save(model, HERE / ("rejected-" + name + ".onnx")) if name != "outside" else (HERE / ("rejected-" + name + ".onnx")).write_bytes(model.SerializeToString())


rejected("clip", clip=-3.0)
rejected("direction", direction="sideways")
rejected("function", activations=["Swish", "Tanh"])
rejected("convolution", op="RNN")
rejected("outside")


def rejected_torch(name, net):
    torch.onnx.export(net.eval(), (x,), HERE / ("rejected-" + name + ".onnx"), opset_version=14, input_names=["input"], output_names=["output"])


torch.manual_seed(60)
rejected_torch("skip-over-two", Exported(lambda n, x: n.add(n.a(x)[0]), a=lstm(3, 4), add=Exported(lambda m, y: y + m.c(m.b(y)[0])[0], b=lstm(4, 4), c=lstm(4, 4))))
rejected_torch("skip-inside", Exported(lambda n, x: n.b(x + n.a(x)[0])[0], a=lstm(3, 3), b=lstm(3, 4)))
rejected_torch("skip-before-function", Exported(lambda n, x: n.head(torch.relu(n.add(n.a(x)[0]))), a=lstm(3, 4), add=Exported(lambda m, y: y + m.b(y), b=nn.Linear(4, 4)), head=nn.Linear(4, 1)))
shifting = nn.BatchNorm1d(3)
shifting.running_mean += 0.5
rejected_torch("norm-convolution", Exported(lambda n, x: n.rnn(n.conv(n.bn(x.transpose(1, 2))).transpose(1, 2))[0], bn=shifting, conv=nn.Conv1d(3, 4, 3, padding=1), rnn=lstm(4, 4)))

# What a reader that does not ask where a value ends, or how a node reads it, takes for a model.
def rejected_dynamic(name, net, opset=14):
    torch.onnx.export(net.eval(), (x,), HERE / ("rejected-" + name + ".onnx"), opset_version=opset, input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "batch", 1: "time"}})


rejected_dynamic("squeeze", Exported(lambda n, x: n.head(n.rnn(x)[0].squeeze(0)), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("cell-state", Exported(lambda n, x: n.head(n.rnn(x)[1][1][-1]), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("softmax-steps", Exported(lambda n, x: torch.softmax(n.head(n.rnn(x)[0]), 1), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("flip", Exported(lambda n, x: n.head(torch.flip(n.rnn(x)[0], [1])), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("hidden-first", Exported(lambda n, x: (lambda o: (o, n.head(o)))(n.rnn(x)[0]), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("both-last-steps", Exported(lambda n, x: n.head(n.rnn(x)[0][:, -1]), rnn=lstm(3, 4, bidirectional=True), head=nn.Linear(8, 2)))
rejected_dynamic("norm-first", Exported(lambda n, x: n.head(n.rnn(n.norm(x))[0]), norm=nn.LayerNorm(3), rnn=lstm(3, 4), head=nn.Linear(4, 2)))
rejected_dynamic("states-in-rows", Exported(lambda n, x: n.head(n.rnn(x)[1].transpose(0, 1).reshape(x.shape[0], -1)), rnn=nn.GRU(3, 4, num_layers=2, batch_first=True), head=nn.Linear(8, 2)))
whole = lambda *v: torch.tensor(v)
by_hand("rejected-constant-output", [node("Identity", ["V"], ["out"])])
by_hand("rejected-no-output", [], outputs=())
by_hand("rejected-two-outputs", [node("MatMul", ["S", "V2"], ["out"])], outputs=("M", "out"), constants={"V2": torch.ones(3, 2)})
by_hand("rejected-domain", [node("Relu", ["M"], ["out"], name="own", domain="my.ops")])
by_hand("rejected-training", [node("Dropout", ["M", "ratio", "training"], ["out"], name="drop")], constants={"ratio": torch.tensor(0.5), "training": torch.tensor(True)})
by_hand("rejected-half", [node("Cast", ["M"], ["half"], name="rounds", to=TensorProto.FLOAT16), node("Cast", ["half"], ["out"], to=TensorProto.FLOAT)])
by_hand("rejected-long", [node("Cast", ["M"], ["out"], name="rounds", to=TensorProto.INT64)])
by_hand("rejected-view", [node("Reshape", ["Y", "shape"], ["rows"]), node("Gather", ["rows", "last"], ["L"], name="last", axis=0), node("MatMul", ["L", "V"], ["out"])], constants={"shape": whole(1, 5, 3), "last": torch.tensor(-1)}, x_shape=(None, None, None))
by_hand("rejected-softmax-batch", [node("Softmax", ["M"], ["out"], name="end")], opset=12, extra=())
by_hand("rejected-empty-slice", [node("Slice", ["S", "from", "to", "axis"], ["L"], name="part"), node("MatMul", ["L", "V"], ["out"])], constants={"from": whole(-1), "to": whole(0), "axis": whole(0)})
by_hand("rejected-reverse-last-step", [node("Gather", ["S", "last"], ["L"], axis=0), node("MatMul", ["L", "V"], ["out"])], constants={"last": torch.tensor(-1)}, direction="reverse")
by_hand("rejected-attribute", [], outputs=("M",), output_sequence=1)
by_hand("rejected-layout", [], outputs=("M",), layout="1")
by_hand("rejected-hidden-size", [], outputs=("M",), hidden_size=5)
by_hand("rejected-turned", [node("Gather", ["S", "last"], ["L"], axis=0), node("Gemm", ["L", "V"], ["out"], name="turned", transA=1)], constants={"last": torch.tensor(-1)})
by_hand("rejected-whole-weights", [], outputs=("M",), constants={"V": torch.ones(3, 2).to(torch.int8)})
by_hand("rejected-twice", [], outputs=("M",), extra=[helper.make_tensor("V", TensorProto.FLOAT, [3, 2], [0.0] * 6)])
