"""Writes PyTorch's gradients of outputs with respect to inputs, and integrated gradients: tests/golden/explained/*.safetensors.

Integrated gradients are Captum's: Gauss-Legendre quadrature of autograd's gradients on the path from the baseline. Points and weights are those of
the Jacobi matrix (G. Golub and J. Welsch 1969). Every number is computed and stored in float64. See README.md beside this file.
    python3 tests/golden/make_input_gradients.py
"""
import pathlib

import torch

from make_golden import write
from make_gradient_flow import Watch, draw, recurrence

HERE = pathlib.Path(__file__).parent
POINTS = 20


def quadrature(count):
    k = torch.arange(1, count, dtype=torch.float64)
    beside = k / (4 * k * k - 1) ** 0.5
    roots, vectors = torch.linalg.eigh(torch.diag(beside, 1) + torch.diag(beside, -1))
    return (roots + 1) / 2, vectors[0] ** 2


def gradient(predict, xs):
    xs = xs.detach().clone().requires_grad_()
    return torch.autograd.grad(predict(xs), xs)[0]


def integrated(predict, xs, baseline):
    total = torch.zeros_like(xs)
    for point, weight in zip(*quadrature(POINTS)):
        total += weight * gradient(predict, baseline + point * (xs - baseline))
    return total * (xs - baseline)


def parameters(generator, layers, head):
    p = {}
    for name, gates, size, inputs in layers:
        p[f"rnn.weight_ih_{name}"] = draw(generator, gates * size, inputs, scale=0.9)
        p[f"rnn.weight_hh_{name}"] = draw(generator, gates * size, size, scale=0.6)
        p[f"rnn.bias_ih_{name}"] = draw(generator, gates * size, scale=0.5)
        p[f"rnn.bias_hh_{name}"] = draw(generator, gates * size, scale=0.5)
    p["head.weight"], p["head.bias"] = draw(generator, *head, scale=0.7), draw(generator, head[0], scale=0.5)
    return p


def save(name, p, **tensors):
    folder = HERE / "explained"
    folder.mkdir(exist_ok=True)
    write(folder / f"{name}.safetensors", dict(torch=torch.__version__), dict(p, **tensors))


def steps():
    """Output 1 at step 2 of sequences with 6 and 4 steps."""
    generator = torch.Generator().manual_seed(11)
    p = parameters(generator, (("l0", 4, 9, 3), ("l1", 3, 17, 9), ("l1_reverse", 3, 17, 9)), (2, 34))
    tensors = {}
    for length in (6, 4):
        def predict(xs):
            below = recurrence(Watch(), "Lstm0", list(xs), p, 9, "lstm", "l0")
            forward = recurrence(Watch(), "Gru1", below, p, 17, "gru", "l1")
            backward = recurrence(Watch(), "Gru1Reverse", below, p, 17, "gru", "l1_reverse", reverse=True)
            return (p["head.weight"] @ torch.cat((forward[2], backward[2])) + p["head.bias"])[1]

        xs, baseline = draw(generator, length, 3, scale=1.5), draw(generator, length, 3, scale=1)
        for parameter in p.values():
            parameter.requires_grad_()
        tensors.update({f"input{length}": xs, f"baseline{length}": baseline, f"output{length}": predict(xs), f"gradient{length}": gradient(predict, xs),
                        f"integrated{length}": integrated(predict, xs, baseline)})
    save("ExplainedEach", p, **tensors)


def tokens():
    """Output 2 of a sequence of 5 tokens; the baseline is token 0."""
    generator = torch.Generator().manual_seed(12)
    p = {"embedding.weight": draw(generator, 11, 5, scale=1)}
    p.update(parameters(generator, (("l0", 3, 9, 5),), (3, 9)))
    for parameter in p.values():
        parameter.requires_grad_()
    input = torch.tensor([3, 10, 3, 1, 7])

    def predict(xs):
        return (p["head.weight"] @ recurrence(Watch(), "Gru0", list(xs), p, 9, "gru", "l0")[-1] + p["head.bias"])[2]

    rows, baseline = p["embedding.weight"][input], p["embedding.weight"][torch.zeros_like(input)]
    save("ExplainedTokens", p, input=input.double(), output=predict(rows), gradient=gradient(predict, rows), integrated=integrated(predict, rows.detach(), baseline.detach()).sum(dim=1))


steps()
tokens()
