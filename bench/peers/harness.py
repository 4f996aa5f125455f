"""What the PyTorch harnesses share: a network with its training, and the line protocol of README.md. The argument is the number of threads."""

import sys
import time

import numpy
import torch
from torch import nn


class Network:
    """A recurrent layer and a head on the problem of a file, trained as users write it. A harness says what `hidden` is: the last step's output."""

    def __init__(self, kind, rnn, batch, steps, inputs, units, path):
        self.kind = kind
        self.rnn = rnn
        self.head = nn.Linear(units, 1)
        values = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32))
        self.parameters = [*self.rnn.parameters(), *self.head.parameters()]
        with torch.no_grad():
            for parameter in self.parameters:
                parameter.copy_(values[: parameter.numel()].view_as(parameter))
                values = values[parameter.numel():]
        count = batch * steps * inputs
        self.inputs = values[:count].view(batch, steps, inputs)
        self.targets = values[count:].view(-1, 1)
        self.loss = nn.MSELoss()
        self.optimizer = torch.optim.Adam(self.parameters, lr=1e-3)
        self.state = None
        self.steps = [self.inputs[:, t: t + 1].contiguous() for t in range(steps)] if kind == "stream" else []

    def forward(self):
        return self.head(self.hidden())

    def gradients(self):
        self.optimizer.zero_grad()
        loss = self.loss(self.forward(), self.targets)
        loss.backward()
        return loss

    def step(self, n):
        if self.kind == "train":
            self.gradients()
            nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            return None
        with torch.inference_mode():
            if self.kind == "forward":
                return self.forward()
            output, self.state = self.rnn(self.steps[n % len(self.steps)], self.state)
            return self.head(output[:, 0])

    def check(self):
        if self.kind == "train":
            loss = self.gradients()
            values = [loss.detach().view(1)] + [p.grad.flatten() for p in self.parameters]
        else:
            values = [self.step(t).flatten() for t in range(max(1, len(self.steps)))]
        return torch.cat(values).numpy()

    def run(self, count, clock):
        now = time.thread_time if clock == "thread" else time.perf_counter
        start = now()
        for n in range(count):
            self.step(n)
        return now() - start


def answer(make, networks, line):
    verb, *words = line.split(" ", 1)
    if verb == "version":
        return torch.__version__
    if verb == "prepare":
        key, kind, cell, batch, steps, inputs, units, path = words[0].split(" ", 7)
        networks[key] = make(kind, cell, int(batch), int(steps), int(inputs), int(units), path)
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


def serve(make):
    """Answers every line of the input. `make` takes kind, cell, batch, steps, inputs, units and the problem's file."""
    torch.set_num_threads(int(sys.argv[1]))
    networks = {}
    for line in sys.stdin:
        try:
            print("ok", answer(make, networks, line.rstrip("\n")), flush=True)
        except Exception as error:  # the caller reports it
            print("error", " ".join(str(error).split()), flush=True)
