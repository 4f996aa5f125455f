"""Fits the coarse tanh and sigmoid of VectorMath (Accuracy.Fast): an odd rational function on [-clamp, clamp].

tanh(x) ~ x (P0 + P1 s + P2 s^2) / (1 + Q1 s + Q2 s^2), s = x^2, with the greatest absolute error as small as Lawson's
iteration makes it. Run: python3 tests/golden/fit_fast.py
"""
import numpy as np


def fit(clamp, numerator, denominator, rounds=4000):
    x = np.cos(np.linspace(0, np.pi / 2, 4001))[:-1] * clamp
    s, y = x * x, np.tanh(x)
    weight = np.ones_like(x)
    divisor = np.ones_like(x)
    best = None
    for _ in range(rounds):
        # x P(s) - y (Q(s) - 1) = y, in least squares with Lawson's weights.
        columns = [x * s**i for i in range(numerator)] + [-y * s**i for i in range(1, denominator)]
        scale = np.sqrt(weight) / divisor
        solution, *_ = np.linalg.lstsq(np.stack(columns, 1) * scale[:, None], y * scale, rcond=None)
        p, q = solution[:numerator], np.concatenate([[1.0], solution[numerator:]])
        divisor = sum(c * s**i for i, c in enumerate(q))
        error = np.abs(x * sum(c * s**i for i, c in enumerate(p)) / divisor - y)
        greatest = max(error.max(), 1 - np.tanh(clamp))
        if best is None or greatest < best[0]:
            best = (greatest, p, q)
        weight = weight * (error / error.max() + 1e-3)
        weight /= weight.sum()
    return best


def single(coefficients):
    return [f"{np.float32(c):.9g}" for c in coefficients]


if __name__ == "__main__":
    for clamp, numerator, denominator in ((5.3, 3, 3),):
        error, p, q = fit(clamp, numerator, denominator)
        print(f"clamp {clamp}: P {single(p)} Q {single(q)} greatest error {error:.3g}")
