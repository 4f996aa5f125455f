"""Writes numbers of the losses that are equations: tests/golden/losses/<Loss>.json, each with outputs, a target, the loss and its gradient.

The formulas are written here with 60 digits (mpmath), so that they hold far out, where a plain formula in float64 overflows or cancels out. Where PyTorch has the loss or the
distribution, its float64 numbers are compared with them at the ordinary points. Run with a Python that has mpmath and PyTorch:
    python3 tests/golden/make_losses.py
"""
import json
import pathlib

import torch
from mpmath import diff, exp, fabs, fsum, log, loggamma, mp, mpf, pi, sqrt
from torch import distributions
from torch.nn import functional

mp.dps = 60
HERE = pathlib.Path(__file__).parent
QUANTILES = [mpf("0.1"), mpf("0.5"), mpf("0.9")]


def softplus(x):
    return log(1 + exp(x))


def positive(x):
    return mpf("1e-6") + softplus(x)


def log_softmax(y, target):
    return y[target] - log(fsum(exp(v) for v in y))


def gaussian(y, t):
    scale = positive(y[1])
    return log(scale * sqrt(2 * pi)) + ((t - y[0]) / scale) ** 2 / 2


def laplace(y, t):
    scale = positive(y[1])
    return log(2 * scale) + fabs(t - y[0]) / scale


def student_t(y, t):
    scale, freedom = positive(y[1]), 2 + softplus(y[2])
    return (log(scale) + log(freedom * pi) / 2 + loggamma(freedom / 2) - loggamma((freedom + 1) / 2)
            + (freedom + 1) / 2 * log(1 + ((t - y[0]) / scale) ** 2 / freedom))


def negative_binomial(y, t):
    mean, successes = positive(y[0]), positive(y[1])
    return -(loggamma(t + successes) - loggamma(successes) - loggamma(t + 1) + successes * log(successes / (successes + mean)) + t * log(mean / (successes + mean)))


def poisson(y, t):
    return exp(y[0]) - t * y[0] + loggamma(t + 1)


def quantile(y, t):
    z = [y[0], y[0] + softplus(y[1]), y[0] + softplus(y[1]) + softplus(y[2])]
    return fsum(max(q * (t - v), (q - 1) * (t - v)) for q, v in zip(QUANTILES, z)) / 3


def log_cosh(y, t):
    d = y[0] - t
    return log((exp(d) + exp(-d)) / 2)


def mape(y, t):
    return fabs(y[0] - t) / max(fabs(t), mpf("1e-6"))


def smape(y, t):
    return 2 * fabs(y[0] - t) / max(fabs(y[0]) + fabs(t), mpf("1e-6"))


def focal(y, t):
    l = log_softmax(y, t)
    return -max(1 - exp(l), mpf("1e-7")) ** 2 * l


def smoothed(y, t):
    return -mpf("0.9") * log_softmax(y, t) - mpf("0.1") * fsum(log_softmax(y, i) for i in range(len(y))) / len(y)


def torch_positive(x):
    return 1e-6 + functional.softplus(x)


def torch_quantile(y, t):
    z = torch.stack([y[0], y[0] + functional.softplus(y[1]), y[0] + functional.softplus(y[1]) + functional.softplus(y[2])])
    q = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
    return torch.maximum(q * (t - z), (q - 1) * (t - z)).mean()


def torch_negative_binomial(y, t):
    mean, successes = torch_positive(y[0]), torch_positive(y[1])
    return -distributions.NegativeBinomial(successes, probs=mean / (mean + successes)).log_prob(t)


def torch_focal(y, t):
    l = functional.log_softmax(y, 0)[t]
    return -(1 - l.exp()) ** 2 * l


# Name, formula, PyTorch's, ordinary points, points far out.
LOSSES = [
    ("Gaussian", gaussian, lambda y, t: -distributions.Normal(y[0], torch_positive(y[1])).log_prob(t),
     [([0.3, -0.7], 1.9), ([-2.0, 1.5], 0.5), ([1.0, 0.0], 1.0)], [([0.0, -200.0], 1e-6), ([1e6, 1e6], -1e6), ([0.25, -30.0], 0.25), ([1e4, 3.0], 0.0)]),
    ("Laplace", laplace, lambda y, t: -distributions.Laplace(y[0], torch_positive(y[1])).log_prob(t),
     [([0.3, -0.7], 1.9), ([-2.0, 1.5], 0.5)], [([0.0, -200.0], 1e-6), ([1e6, 1e6], -1e6), ([1e4, 3.0], 0.0)]),
    ("StudentT", student_t, lambda y, t: -distributions.StudentT(2 + functional.softplus(y[2]), y[0], torch_positive(y[1])).log_prob(t),
     [([0.3, -0.7, 0.4], 1.9), ([-2.0, 1.5, 3.0], 0.5)], [([0.0, 0.5, 1e6], 1.25), ([0.0, 0.5, 1e9], 1.25), ([0.0, -200.0, -200.0], 1e-6), ([1e6, 0.0, 1.0], -1e6), ([0.5, 0.0, 30.0], 1.0),
      ([0.0, 0.0, 1.0], 1e30), ([1e30, 1.5, -2.0], 0.0), ([0.5, -30.0, 0.0], 1e12)]),
    ("NegativeBinomial", negative_binomial, torch_negative_binomial,
     [([0.3, -0.7], 2), ([2.0, 1.5], 0), ([-1.0, 3.0], 7)], [([-200.0, 0.5], 0), ([3.0, 1e6], 4), ([3.0, 1e9], 4), ([1e5, 2.0], 90000), ([-200.0, 1.0], 3), ([2.0, -200.0], 0), ([2.0, -200.0], 5), ([1e6, 1e6], 1000300)]),
    ("Poisson", poisson, lambda y, t: -distributions.Poisson(y[0].exp()).log_prob(t),
     [([0.3], 2), ([2.0], 0), ([-1.0], 7)], [([-60.0], 0), ([-60.0], 1), ([15.0], 3270000), ([40.0], 5)]),
    ("Quantile", quantile, torch_quantile, [([-1.0, 0.5, 2.0], 0.3), ([0.5, -1.0, 0.0], -2.0)], [([0.0, -800.0, -800.0], 1.0), ([-1e5, 2e5, 10.0], 3.0), ([3.0, -40.0, 0.5], 2.0)]),
    ("LogCosh", log_cosh, None, [([0.3], 1.9), ([2.0], 2.0), ([-1.5], 0.5)], [([1e4], 0.0), ([-1e8], 5.0), ([1.0], 1.0000001), ([0.0], 1e-5)]),
    ("MeanAbsolutePercentageError", mape, None, [([0.3], 1.9), ([2.0], -4.0)], [([0.5], 0.0), ([1e8], 1e-3), ([1e-9], 1e-8)]),
    ("SymmetricMeanAbsolutePercentageError", smape, None, [([0.3], 1.9), ([2.0], -4.0)], [([0.5], 0.0), ([1e8], 1e-3), ([1e-9], 1e-8)]),
    ("Focal", focal, torch_focal, [([0.3, -1.0, 2.0, 0.5, -0.25], 0), ([1.0, 1.5, -0.5, 0.0, 2.0], 1)],
     [([50.0, 0.0, -3.0, 1.0, 2.0], 0), ([-800.0, 800.0, 0.0, 1.0, 2.0], 0), ([20.0, 0.0, 0.0, -5.0, 1.0], 0)]),
    ("SmoothedCrossEntropy", smoothed, lambda y, t: functional.cross_entropy(y[None], torch.tensor([t]), label_smoothing=0.1),
     [([0.3, -1.0, 2.0, 0.5, -0.25], 0), ([1.0, 1.5, -0.5, 0.0, 2.0], 1)], [([50.0, 0.0, -3.0, 1.0, 2.0], 0), ([-800.0, 800.0, 0.0, 1.0, 2.0], 0)]),
]


def gradient(formula, y, t):
    def at(i):
        def moved(v):
            return formula([v if j == i else mpf(u) for j, u in enumerate(y)], t)
        return moved
    return [diff(at(i), mpf(v), h=mpf("1e-25")) for i, v in enumerate(y)]


def compare(name, formula, theirs, y, target):
    values = torch.tensor(y, dtype=torch.float64, requires_grad=True)
    loss = theirs(values, target if name in ("Focal", "SmoothedCrossEntropy") else torch.tensor(float(target), dtype=torch.float64))
    loss.backward()
    ours = formula([mpf(v) for v in y], target if isinstance(target, int) else mpf(target))
    assert abs(loss.item() - float(ours)) < 1e-10 * max(1, abs(float(ours))), (name, y, loss.item(), float(ours))
    for mine, other in zip(gradient(formula, y, target if isinstance(target, int) else mpf(target)), values.grad.tolist()):
        assert abs(float(mine) - other) < 1e-9 * max(1, abs(other)), (name, y, float(mine), other)


for name, formula, theirs, ordinary, far in LOSSES:
    rows = []
    for y, target in ordinary + far:
        exact = target if isinstance(target, int) else mpf(target)
        rows.append({"outputs": y, "target": target, "loss": float(formula([mpf(v) for v in y], exact)), "gradient": [float(g) for g in gradient(formula, y, exact)]})
    if theirs is not None:
        for y, target in ordinary:
            compare(name, formula, theirs, y, target)
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    (HERE / "losses" / f"{name}.json").write_text(f"[\n{lines}\n]\n")
