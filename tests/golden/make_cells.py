"""PyTorch's numbers for the cells that ship with RnnGen: each written by hand after its paper, differentiated by autograd, in double.

Run with a Python that has PyTorch (1.13 was used): python3 tests/golden/make_cells.py
Each file has parameters, inputs, targets, outputs, the loss and its gradients of one layer over B sequences of T steps, and an output layer
y = W h + b; the loss is the mean squared error.
"""
import json
import os

import torch

torch.set_default_dtype(torch.float64)
B, T, I, H, O = 3, 5, 4, 6, 2
P = 4  # the projection's width
sigmoid, tanh = torch.sigmoid, torch.tanh


def norm(v):
    return (v - v.mean(-1, keepdim=True)) / torch.sqrt(v.var(-1, unbiased=False, keepdim=True) + 1e-5)


def g(v):
    return torch.where(v >= 0, v + 0.5, sigmoid(v))


def gates(p, name, count, v):
    return (v @ p[name].t()).chunk(count, -1)


class Cell:
    """shapes: the parameters; states: how many, or their widths; step: (p, x, states) -> (output, states)."""

    def __init__(self, shapes, states, step):
        self.shapes, self.step = shapes, step
        self.states = [H] * states if isinstance(states, int) else states


def full(count, recurrent=None):
    n = count if recurrent is None else recurrent
    return {"weight_ih": (count * H, I), "weight_hh": (n * H, H), "bias_ih": (count * H,), "bias_hh": (n * H,)}


def peephole_lstm(p, x, s):
    h, c = s
    a = x @ p["weight_ih"].t() + p["bias_ih"] + h @ p["weight_hh"].t() + p["bias_hh"]
    i, f, n, o = a.chunk(4, -1)
    pi, pf, po = p["peephole"].chunk(3)
    c2 = sigmoid(f + pf * c) * c + sigmoid(i + pi * c) * tanh(n)
    h2 = sigmoid(o + po * c2) * tanh(c2)
    return h2, (h2, c2)


def coupled_lstm(p, x, s):
    h, c = s
    f, n, o = (x @ p["weight_ih"].t() + p["bias_ih"] + h @ p["weight_hh"].t() + p["bias_hh"]).chunk(3, -1)
    f = sigmoid(f)
    c = f * c + (1 - f) * tanh(n)
    h = sigmoid(o) * tanh(c)
    return h, (h, c)


def layer_norm_lstm(p, x, s):
    h, c = s
    i, f, n, o = [
        m * norm(xw) + q * norm(hw) + b
        for m, q, b, xw, hw in zip(p["norm_ih"].chunk(4), p["norm_hh"].chunk(4), p["bias_ih"].chunk(4), gates(p, "weight_ih", 4, x), gates(p, "weight_hh", 4, h))
    ]
    c = sigmoid(f) * c + sigmoid(i) * tanh(n)
    h = sigmoid(o) * tanh(p["norm_cell"] * norm(c) + p["shift_cell"])
    return h, (h, c)


def layer_norm_gru(p, x, s):
    (h,) = s
    xs = [m * norm(v) + b for m, b, v in zip(p["norm_ih"].chunk(3), p["bias_ih"].chunk(3), gates(p, "weight_ih", 3, x))]
    hs = [q * norm(v) for q, v in zip(p["norm_hh"].chunk(3), gates(p, "weight_hh", 3, h))]
    r, z = sigmoid(xs[0] + hs[0]), sigmoid(xs[1] + hs[1])
    h = (1 - z) * tanh(xs[2] + r * hs[2]) + z * h
    return h, (h,)


def reset_before_gru(p, x, s):
    (h,) = s
    xr, xz, xn = (x @ p["weight_ih"].t() + p["bias_ih"] + p["bias_hh"]).chunk(3, -1)
    ur, uz, un = p["weight_hh"].chunk(3)
    r, z = sigmoid(xr + h @ ur.t()), sigmoid(xz + h @ uz.t())
    h = (1 - z) * tanh(xn + (r * h) @ un.t()) + z * h
    return h, (h,)


def ind_rnn(p, x, s):
    h = torch.relu(x @ p["weight_ih"].t() + p["bias_ih"] + p["weight_hh"] * s[0])
    return h, (h,)


def minimal_gated_unit(p, x, s):
    (h,) = s
    xf, xn = (x @ p["weight_ih"].t() + p["bias_ih"] + p["bias_hh"]).chunk(2, -1)
    uf, un = p["weight_hh"].chunk(2)
    f = sigmoid(xf + h @ uf.t())
    h = (1 - f) * h + f * tanh(xn + (f * h) @ un.t())
    return h, (h,)


def sru(p, x, s):
    _, c = s
    f, r, w = gates(p, "weight_ih", 3, x)
    bf, br = p["bias_ih"].chunk(2)
    vf, vr = p["peephole"].chunk(2)
    f, r = sigmoid(f + bf + vf * c), sigmoid(r + br + vr * c)
    c = f * c + (1 - f) * w
    h = r * c + (1 - r) * (x @ p["weight_highway"].t())
    return h, (h, c)


def quasi_rnn(p, x, s):
    _, c = s
    z, f, o = (x @ p["weight_ih"].t() + p["bias_ih"]).chunk(3, -1)
    c = sigmoid(f) * c + (1 - sigmoid(f)) * tanh(z)
    h = sigmoid(o) * c
    return h, (h, c)


def min_gru(p, x, s):
    z, a = (x @ p["weight_ih"].t() + p["bias_ih"]).chunk(2, -1)
    h = (1 - sigmoid(z)) * s[0] + sigmoid(z) * g(a)
    return h, (h,)


def min_lstm(p, x, s):
    f, i, a = (x @ p["weight_ih"].t() + p["bias_ih"]).chunk(3, -1)
    f, i = sigmoid(f), sigmoid(i)
    h = f / (f + i) * s[0] + i / (f + i) * g(a)
    return h, (h,)


def elman(p, x, h):
    return tanh(x @ p["weight_ih"].t() + p["bias_ih"] + h @ p["weight_hh"].t() + p["bias_hh"])


def residual_rnn(p, x, s):
    h = 0.5 * (s[0] + elman(p, x, s[0]))
    return h, (h,)


def leaky_rnn(p, x, s):
    h = 0.7 * s[0] + 0.3 * elman(p, x, s[0])
    return h, (h,)


def jordan_rnn(p, x, s):
    a = sigmoid(x @ p["weight_ih"].t() + s[0] @ p["weight_hh"].t() + p["bias_hh"] + p["bias_ih"])
    y = a @ p["weight_out"].t() + p["bias_out"]
    return y, (y,)


def projected_lstm(p, x, s):
    h, c = s
    i, f, n, o = (x @ p["weight_ih"].t() + p["bias_ih"] + h @ p["weight_hh"].t() + p["bias_hh"]).chunk(4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(n)
    h = (sigmoid(o) * tanh(c)) @ p["weight_hr"].t()
    return h, (h, c)


def janet(p, x, s):
    (h,) = s
    v, n = (x @ p["weight_ih"].t() + p["bias_ih"] + h @ p["weight_hh"].t() + p["bias_hh"]).chunk(2, -1)
    h = sigmoid(v) * h + (1 - sigmoid(v - 1)) * tanh(n)
    return h, (h,)


def s_lstm(p, x, s):
    """Without the state that keeps exponents small, which cancels out; three heads of two units, each with weights of its own."""
    h, c, n = s
    blocks = p["weight_hh"].reshape(4, 3, 2, 2)
    recurrent = torch.einsum("ghuv,bhv->gbhu", blocks, h.reshape(B, 3, 2)).reshape(4, B, H)
    i, f, z, o = (x @ p["weight_ih"].t() + p["bias_ih"]).chunk(4, -1)
    i, f = torch.exp(i + recurrent[0]), sigmoid(f + recurrent[1])
    c = f * c + i * tanh(z + recurrent[2])
    n = f * n + i
    h = sigmoid(o + recurrent[3]) * c / n
    return h, (h, c, n)


def check_projection(own, inputs, outputs):
    """The LSTM with projection is nn.LSTM's with proj_size."""
    lstm = torch.nn.LSTM(I, H, batch_first=True, proj_size=P)
    for n, v in own.items():
        getattr(lstm, n + "_l0").data.copy_(v)
    assert torch.allclose(lstm(inputs)[0], outputs, atol=1e-14)


norms = {"norm_ih": (4 * H,), "norm_hh": (4 * H,), "norm_cell": (H,), "shift_cell": (H,)}
inner = {"weight_ih": (3 * H, I), "bias_ih": (3 * H,)}
CELLS = {
    "PeepholeLstm": Cell({**full(4), "peephole": (3 * H,)}, 2, peephole_lstm),
    "CoupledLstm": Cell(full(3), 2, coupled_lstm),
    "LayerNormLstm": Cell({"weight_ih": (4 * H, I), "weight_hh": (4 * H, H), "bias_ih": (4 * H,), **norms}, 2, layer_norm_lstm),
    "LayerNormGru": Cell({**inner, "weight_hh": (3 * H, H), "norm_ih": (3 * H,), "norm_hh": (3 * H,)}, 1, layer_norm_gru),
    "ResetBeforeGru": Cell(full(3), 1, reset_before_gru),
    "IndRnn": Cell({"weight_ih": (H, I), "bias_ih": (H,), "weight_hh": (H,)}, 1, ind_rnn),
    "MinimalGatedUnit": Cell(full(2), 1, minimal_gated_unit),
    "Sru": Cell({"weight_ih": (3 * H, I), "bias_ih": (2 * H,), "weight_highway": (H, I), "peephole": (2 * H,)}, 2, sru),
    "QuasiRnn": Cell(inner, 2, quasi_rnn),
    "MinGru": Cell({"weight_ih": (2 * H, I), "bias_ih": (2 * H,)}, 1, min_gru),
    "MinLstm": Cell(inner, 1, min_lstm),
    "ResidualRnn": Cell(full(1), 1, residual_rnn),
    "LeakyRnn": Cell(full(1), 1, leaky_rnn),
    "JordanRnn": Cell({**full(1), "weight_out": (H, H), "bias_out": (H,)}, 1, jordan_rnn),
    "ProjectedLstm": Cell({**full(4), "weight_hh": (4 * H, P), "weight_hr": (P, H)}, [P, H], projected_lstm),
    "Janet": Cell(full(2), 1, janet),
    "SLstm": Cell({"weight_ih": (4 * H, I), "weight_hh": (4 * H, 2), "bias_ih": (4 * H,)}, 3, s_lstm),
}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cells")
    for index, (name, cell) in enumerate(CELLS.items()):
        torch.manual_seed(index + 1)
        shapes = {**{f"rnn.{n}_l0": s for n, s in cell.shapes.items()}, "head.weight": (O, P if name == "ProjectedLstm" else H), "head.bias": (O,)}
        # Few digits, so that files are small and both sides read the same numbers.
        p = {n: (torch.rand(s) * 1.6 - 0.8).mul(1000).round().div(1000).requires_grad_() for n, s in shapes.items()}
        inputs = torch.randn(B, T, I).mul(1000).round().div(1000)
        targets = torch.randn(B, T, O).mul(1000).round().div(1000)
        own = {n: p[f"rnn.{n}_l0"] for n in cell.shapes}
        states = tuple(torch.zeros(B, width) for width in cell.states)
        hidden, outputs = [], []
        for t in range(T):
            y, states = cell.step(own, inputs[:, t], states)
            hidden.append(y)
            outputs.append(y @ p["head.weight"].t() + p["head.bias"])
        if name == "ProjectedLstm":
            check_projection(own, inputs, torch.stack(hidden, 1))
        y = torch.stack(outputs, 1)
        loss = ((y - targets) ** 2).mean()
        loss.backward()

        def flat(v):
            return [float("%.12g" % float(e)) for e in v.detach().flatten()]

        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump({
                "parameters": {n: flat(v) for n, v in p.items()}, "inputs": flat(inputs), "targets": flat(targets),
                "outputs": flat(y), "loss": float(loss), "gradients": {n: flat(v.grad) for n, v in p.items()},
            }, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main()
