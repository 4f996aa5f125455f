"""PyTorch with torch.jit.script running a cell of one's own, behind the line protocol of bench/peers/README.md; for training steps. The argument is the number of threads.

What PyTorch offers a user who writes a cell: the step as a function, scripted with the loop over time, differentiated by autograd. The products with the
inputs of all steps are taken at once, as nn.LSTM does it, and come apart by `unbind`: an index for each step would cost a gradient of all steps' size for
each. Parameters come in RnnGen's order: weights, biases, vectors.
"""

from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

import harness


class Lstm(nn.Module):
    gates = 4

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.units = units
        self.weight_ih = nn.Parameter(torch.empty(self.gates * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(self.gates * units, units))
        self.bias_ih = nn.Parameter(torch.empty(self.gates * units))
        self.bias_hh = nn.Parameter(torch.empty(self.gates * units))

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        i, f, g, o = (x + torch.matmul(h, self.weight_hh.t())).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def products(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight_ih.t()) + self.bias_ih + self.bias_hh

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.units)
        c = torch.zeros(x.size(0), self.units)
        for product in self.products(x).unbind(1):
            h, c = self.step(product, h, c)
        return h


class Coupled(Lstm):
    gates = 3

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        f, g, o = (x + torch.matmul(h, self.weight_hh.t())).chunk(3, 1)
        f = torch.sigmoid(f)
        c = f * c + (1 - f) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Peephole(Lstm):
    def __init__(self, inputs: int, units: int):
        super().__init__(inputs, units)
        self.peephole = nn.Parameter(torch.empty(3 * units))

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        i, f, g, o = (x + torch.matmul(h, self.weight_hh.t())).chunk(4, 1)
        pi, pf, po = self.peephole.chunk(3)
        c2 = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
        return torch.sigmoid(o + po * c2) * torch.tanh(c2), c2


class LayerNorm(Lstm):
    def __init__(self, inputs: int, units: int):
        super().__init__(inputs, units)
        del self.bias_hh
        self.norm_ih = nn.Parameter(torch.empty(4 * units))
        self.norm_hh = nn.Parameter(torch.empty(4 * units))
        self.norm_cell = nn.Parameter(torch.empty(units))
        self.shift_cell = nn.Parameter(torch.empty(units))

    def norm(self, v: Tensor) -> Tensor:
        return functional.layer_norm(v.unflatten(-1, [4, self.units]), [self.units]).flatten(-2)

    def products(self, x: Tensor) -> Tensor:
        return self.norm_ih * self.norm(torch.matmul(x, self.weight_ih.t())) + self.bias_ih

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        i, f, g, o = (x + self.norm_hh * self.norm(torch.matmul(h, self.weight_hh.t()))).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(functional.layer_norm(c, [self.units], self.norm_cell, self.shift_cell)), c


CELLS = {"lstm": Lstm, "coupled": Coupled, "peephole": Peephole, "layer-norm": LayerNorm}


class Network(harness.Network):
    def __init__(self, kind, cell, batch, steps, inputs, units, path):
        if kind != "train":
            raise ValueError(f"only training steps are measured here, not {kind}")
        super().__init__(kind, torch.jit.script(CELLS[cell](inputs, units)), batch, steps, inputs, units, path)

    def hidden(self):
        return self.rnn(self.inputs)


harness.serve(Network)
