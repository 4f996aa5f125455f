"""Writes PyTorch's numbers for models whose inputs are columns, categories, statics and known futures: into tests/golden/architectures.

Each file is named as the test model that is held against it; `inputs` are the flat rows. See README.md beside this file.
    python3 tests/golden/make_inputs.py
"""
import torch
from torch import nn

from make_architectures import Case, Network, make_file

# Inputs: (kind, name, numbers) or (kind, name, categories, values of a category's row, "frozen" or nothing), in the order of the declaration.
CASES = [
    (Case("ColumnsLastMse", 11, 5, [("gru", 7)], 2, "mse"),
     [("step", "sales", 2), ("step", "weekday", 7, 3), ("static", "store", 11, 5), ("static", "area", 1)]),
    (Case("ColumnsBothCrossentropy", 21, 7, [("lstm", 9, "both")], 4, "classes", each=True),
     [("step", "inputs", 2), ("step", "kind", 5, 17), ("step", "fixed", 4, 2, "frozen")]),
    (Case("ColumnsConvolved", 6, 7, [("conv", 7, 3, 2, "tanh"), ("gru", 5)], 2, "mse"),
     [("step", "value", 2), ("step", "kind", 4, 3), ("static", "area", 1)]),
    (Case("KnownNumbers", 3, 4, [("gru", 6)], 2, "mse", decoder=[("gru", 6)], outsteps=3, attention="Additive"),
     [("step", "value", 1), ("static", "group", 3, 2), ("known", "price", 2), ("known", "day", 5, 4)]),
    (Case("KnownTokens", 3, 1, [], 5, "classes", decoder=[("embedding", 5, 2), ("lstm", 7)], outsteps=4, start=0, end=1),
     [("step", "inputs", 3), ("known", "kind", 4, 3), ("known", "weight", 1)]),
]


class Columns(Network):
    """A network that reads rows of named inputs."""

    def __init__(self, case, inputs):
        super().__init__(case)
        self.inputs = inputs
        self.tables = {}
        for kind, name, size, *row in inputs:
            if row:
                prefix = "decoder." if kind == "known" else ""
                table = nn.Embedding(size, row[0])
                self.tables[name] = table if "frozen" in row else self.own(table, weight=f"{prefix}embedding.{name}.weight")
                table.double()
                if "frozen" in row:
                    table.weight.requires_grad = False
                    self.named[f"{prefix}embedding.{name}.weight"] = table.weight
        self.known = self.width("known")

    def width(self, kind):
        return sum(row[0] if row else size for k, _, size, *row in self.inputs if k == kind)

    def draw(self):
        """The values of each kind of input: at each step, once, and at each decoded step."""
        steps = dict(step=self.case.steps, static=1, known=self.case.outsteps)
        self.drawn = {kind: torch.cat([torch.empty(self.case.count, n, 0, dtype=torch.float64)] + [
            torch.randint(size, [self.case.count, n, 1]).double() if row else torch.randn(self.case.count, n, size, dtype=torch.float64)
            for k, _, size, *row in self.inputs if k == kind], dim=2) for kind, n in steps.items()}
        return torch.cat([self.drawn[kind].flatten(1) for kind in ("step", "static", "known")], dim=1)

    def read(self, kind):
        """What a layer reads of them: numbers as they are, and the rows of categories."""
        values, result, at = self.drawn[kind], [], 0
        for k, name, size, *row in self.inputs:
            if k == kind:
                part = values[:, :, at:at + (1 if row else size)]
                result.append(self.tables[name](part[:, :, 0].long()) if row else part)
                at += part.shape[2]
        return torch.cat(result, dim=2) if result else values

    def first(self):
        return torch.cat([self.read("step"), self.read("static").expand(-1, self.case.steps, -1)], dim=2)

    def beside(self, fed):
        return torch.cat([fed, self.read("known")], dim=2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, (case, inputs) in enumerate(CASES):
        torch.manual_seed(300 + number)
        network = Columns(case, inputs)
        network.build()
        make_file(network, network.draw(), network.first)
