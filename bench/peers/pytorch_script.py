"""PyTorch with torch.jit.script running a cell of one's own, behind the line protocol of bench/peers/README.md; for training steps. The argument is the number of threads.

What PyTorch offers a user who writes a cell: the step as a function, scripted with the loop over time, differentiated by autograd. Parameters come in
RnnGen's order: weights, biases, vectors.
"""

import sys
import time
from typing import Tuple

import numpy
import torch
from torch import Tensor, nn


class Lstm(nn.Module):
    gates, vectors = 4, 0

    def forward(self, a: Tensor, h: Tensor, c: Tensor, p: Tensor) -> Tuple[Tensor, Tensor]:
        i, f, g, o = a.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Coupled(nn.Module):
    gates, vectors = 3, 0

    def forward(self, a: Tensor, h: Tensor, c: Tensor, p: Tensor) -> Tuple[Tensor, Tensor]:
        f, g, o = a.chunk(3, 1)
        f = torch.sigmoid(f)
        c = f * c + (1 - f) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Peephole(nn.Module):
    gates, vectors = 4, 3

    def forward(self, a: Tensor, h: Tensor, c: Tensor, p: Tensor) -> Tuple[Tensor, Tensor]:
        i, f, g, o = a.chunk(4, 1)
        pi, pf, po = p.chunk(3)
        c2 = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
        return torch.sigmoid(o + po * c2) * torch.tanh(c2), c2


CELLS = {"lstm": Lstm, "coupled": Coupled, "peephole": Peephole}


class Layer(nn.Module):
    def __init__(self, cell, inputs: int, units: int):
        super().__init__()
        self.units = units
        self.weight_ih = nn.Parameter(torch.empty(cell.gates * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(cell.gates * units, units))
        self.bias_ih = nn.Parameter(torch.empty(cell.gates * units))
        self.bias_hh = nn.Parameter(torch.empty(cell.gates * units))
        self.vectors = nn.Parameter(torch.empty(cell.vectors * units))
        self.cell = cell

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.units)
        c = torch.zeros(x.size(0), self.units)
        # The products with the inputs of all steps at once, as nn.LSTM does it.
        products = torch.matmul(x, self.weight_ih.t()) + self.bias_ih + self.bias_hh
        for t in range(x.size(1)):
            h, c = self.cell(products[:, t] + torch.matmul(h, self.weight_hh.t()), h, c, self.vectors)
        return h


class Network:
    def __init__(self, cell, batch, steps, inputs, units, path):
        self.rnn = torch.jit.script(Layer(CELLS[cell](), inputs, units))
        self.head = nn.Linear(units, 1)
        values = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32))
        self.parameters = [p for p in [*self.rnn.parameters(), *self.head.parameters()] if p.numel() > 0]
        with torch.no_grad():
            for parameter in self.parameters:
                parameter.copy_(values[: parameter.numel()].view_as(parameter))
                values = values[parameter.numel():]
        count = batch * steps * inputs
        self.inputs = values[:count].view(batch, steps, inputs)
        self.targets = values[count:].view(-1, 1)
        self.loss = nn.MSELoss()
        self.optimizer = torch.optim.Adam(self.parameters, lr=1e-3)

    def gradients(self):
        self.optimizer.zero_grad()
        loss = self.loss(self.head(self.rnn(self.inputs)), self.targets)
        loss.backward()
        return loss

    def step(self):
        self.gradients()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()

    def check(self):
        loss = self.gradients()
        return torch.cat([loss.detach().view(1)] + [p.grad.flatten() for p in self.parameters]).numpy()

    def run(self, count, clock):
        now = time.thread_time if clock == "thread" else time.perf_counter
        start = now()
        for _ in range(count):
            self.step()
        return now() - start


def answer(networks, line):
    verb, *words = line.split(" ", 1)
    if verb == "version":
        return torch.__version__
    if verb == "prepare":
        key, kind, cell, batch, steps, inputs, units, path = words[0].split(" ", 7)
        if kind != "train":
            raise ValueError(f"only training steps are measured here, not {kind}")
        networks[key] = Network(cell, int(batch), int(steps), int(inputs), int(units), path)
        return ""
    key, argument = words[0].split(" ", 1)
    if verb == "check":
        values = networks[key].check()
        values.tofile(argument)
        return len(values)
    if verb == "run":
        count, clock = argument.split(" ")
        return networks[key].run(int(count), clock)
    raise ValueError(f"unknown word {verb}")


def main():
    torch.set_num_threads(int(sys.argv[1]))
    networks = {}
    for line in sys.stdin:
        try:
            print("ok", answer(networks, line.rstrip("\n")), flush=True)
        except Exception as error:  # the caller reports it
            print("error", " ".join(str(error).split()), flush=True)


main()
