"""Writes PyTorch's gradients with respect to states: tests/golden/flow/*.safetensors.

The cells stand here as equations, unrolled one sequence after the other, so that every state is a tensor of its own whose gradient
autograd keeps. Every number is computed and stored in float64. See README.md beside this file.
    python3 tests/golden/make_gradient_flow.py
"""
import pathlib

import torch

from make_golden import write

HERE = pathlib.Path(__file__).parent
INPUTS, STEPS, OUTPUTS = 2, 6, 2
LENGTHS = [6, 1, 4, 6, 2, 5, 3, 6, 6, 1, 3, 4, 2, 6, 5, 5, 1, 2, 6]  # more than the model's BatchSize of 16

# Each layer's states and gates: low and high are the limits of what counts as saturated.
SIGMOID, TANH, RELU = (0.1, 0.9), (-0.8, 0.8), (5e-324, float("inf"))


def draw(generator, *shape, scale):
    return (torch.rand(*shape, generator=generator, dtype=torch.float64) * 2 - 1) * scale


class Watch:
    """The states and gates of all sequences, by layer: states[layer, state][step], gates[layer, gate]."""

    def __init__(self):
        self.states, self.gates = {}, {}

    def state(self, layer, name, step, value):
        # A node of its own: what others do with it afterwards is what it is differentiated by.
        value = value * 1
        value.retain_grad()
        self.states.setdefault((layer, name), [[] for _ in range(STEPS)])[step].append(value)
        return value

    def gate(self, layer, name, kind, value):
        self.gates.setdefault((layer, name), (kind, []))[1].append(value)
        return value


def recurrence(watch, layer, xs, p, size, kind, suffix, reverse=False):
    h = c = torch.zeros(size, dtype=torch.float64)
    W, U, b, d = (p[f"rnn.{t}_{suffix}"] for t in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    outputs = [None] * len(xs)
    for t in reversed(range(len(xs))) if reverse else range(len(xs)):
        x = (W @ xs[t] + b).split(size)
        u = (U @ h + d).split(size)
        if kind == "lstm":
            i = watch.gate(layer, "i", SIGMOID, torch.sigmoid(x[0] + u[0]))
            f = watch.gate(layer, "f", SIGMOID, torch.sigmoid(x[1] + u[1]))
            g = watch.gate(layer, "g", TANH, torch.tanh(x[2] + u[2]))
            o = watch.gate(layer, "o", SIGMOID, torch.sigmoid(x[3] + u[3]))
            next_c = f * c + i * g
            h = watch.state(layer, "h", t, o * torch.tanh(next_c))
            c = watch.state(layer, "c", t, next_c)  # h is held: it hangs on next_c, not on this node
        elif kind == "gru":
            r = watch.gate(layer, "r", SIGMOID, torch.sigmoid(x[0] + u[0]))
            z = watch.gate(layer, "z", SIGMOID, torch.sigmoid(x[1] + u[1]))
            n = watch.gate(layer, "n", TANH, torch.tanh(x[2] + r * u[2]))
            h = watch.state(layer, "h", t, (1 - z) * n + z * h)
        else:
            h = watch.state(layer, "h", t, watch.gate(layer, "h", RELU, torch.relu(x[0] + u[0])))
        outputs[t] = h
    return outputs


def main():
    generator = torch.Generator().manual_seed(7)
    p = {}
    for name, gates, size, inputs in (("l0", 4, 9, INPUTS), ("l1", 3, 17, 9), ("l1_reverse", 3, 17, 9), ("l2", 1, 8, 34)):
        p[f"rnn.weight_ih_{name}"] = draw(generator, gates * size, inputs, scale=1.5 if name != "l2" else 0.5)
        p[f"rnn.weight_hh_{name}"] = draw(generator, gates * size, size, scale=0.7)
        p[f"rnn.bias_ih_{name}"] = draw(generator, gates * size, scale=0.5)
        p[f"rnn.bias_hh_{name}"] = draw(generator, gates * size, scale=0.5)
    p["dense.0.weight"], p["dense.0.bias"] = draw(generator, 7, 8, scale=0.7), draw(generator, 7, scale=0.5)
    p["head.weight"], p["head.bias"] = draw(generator, OUTPUTS, 7, scale=0.7), draw(generator, OUTPUTS, scale=0.5)
    p["rnn.bias_ih_l2"][5] = p["rnn.bias_ih_l2"][2] = p["dense.0.bias"][3] = -30  # these units are dead
    for parameter in p.values():
        parameter.requires_grad_()

    inputs = draw(generator, len(LENGTHS), STEPS, INPUTS, scale=1.5)
    targets = draw(generator, len(LENGTHS), STEPS, OUTPUTS, scale=1)
    watch, squares = Watch(), 0
    for sequence, length in enumerate(LENGTHS):
        xs = [inputs[sequence, t] for t in range(length)]
        xs = recurrence(watch, "Lstm0", xs, p, 9, "lstm", "l0")
        forward = recurrence(watch, "Gru1", xs, p, 17, "gru", "l1")
        backward = recurrence(watch, "Gru1Reverse", xs, p, 17, "gru", "l1_reverse", reverse=True)
        xs = recurrence(watch, "Rnn2", [torch.cat(pair) for pair in zip(forward, backward)], p, 8, "rnn", "l2")
        for t, x in enumerate(xs):
            y = watch.gate("Dense0", "y", RELU, torch.relu(p["dense.0.weight"] @ x + p["dense.0.bias"]))
            squares = squares + ((p["head.weight"] @ y + p["head.bias"] - targets[sequence, t]) ** 2).sum()
    loss = squares / (sum(LENGTHS) * OUTPUTS)
    loss.backward()

    tensors = dict(p, inputs=inputs, targets=targets, lengths=torch.tensor(LENGTHS, dtype=torch.float64), loss=loss)
    for (layer, state), steps in watch.states.items():
        norms = [sum((v.grad ** 2).sum() for v in values if v.grad is not None) ** 0.5 for values in steps]
        tensors[f"{layer}.{state}"] = torch.stack([torch.as_tensor(n, dtype=torch.float64) for n in norms])
    for (layer, gate), ((low, high), values) in watch.gates.items():
        values = torch.stack(values)
        dead = (values <= 0).all(dim=0).sum() if low == RELU[0] else torch.zeros(())
        tensors[f"{layer}.gate.{gate}"] = torch.stack([(values < low).double().mean(), (values > high).double().mean(), dead.double()])
    for name, parameter in p.items():
        tensors[f"grad.{name}"] = parameter.grad.norm()
    write(HERE / "flow" / "FlowSteps.safetensors", dict(torch=torch.__version__), tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
