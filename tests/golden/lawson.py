"""Polynomials for functions of floats and doubles, fitted by Lawson's reweighted least squares; used by fit_exp.py and fit_tanh.py. Needs mpmath."""
import struct

import mpmath as mp

mp.mp.dps = 60


def to_float(x):
    return mp.mpf(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def to_double(x):
    return mp.mpf(float(x))


def evaluate(coefficients, t, first=0):
    return sum(c * t**k for k, c in enumerate(coefficients, first))


def fit(nodes, values, importance, degree, rounding, fixed=(), rounds=30):
    """The coefficients, of t^0 on, such that the error times its importance is as small and as even as can be.

    Each is rounded to the number type before the next ones are fitted, so that those make up for the rounding; the first may be given.
    """
    fixed = list(fixed)
    count = len(nodes)
    for first in range(len(fixed), degree + 1):
        rest = [v - evaluate(fixed, t) for v, t in zip(values, nodes)]
        weights = [mp.mpf(1) / count] * count
        for _ in range(rounds):
            rows = mp.matrix(count, degree + 1 - first)
            right = mp.matrix(count, 1)
            for i, t in enumerate(nodes):
                scale = mp.sqrt(weights[i]) * importance[i]
                right[i] = scale * rest[i]
                for k in range(first, degree + 1):
                    rows[i, k - first] = scale * t**k
            solution = mp.lu_solve(rows.T * rows, rows.T * right)
            errors = [abs(m * (r - evaluate(solution, t, first))) for m, r, t in zip(importance, rest, nodes)]
            total = sum(w * e for w, e in zip(weights, errors))
            weights = [w * e / total + mp.mpf(10) ** -40 for w, e in zip(weights, errors)]
        fixed.append(rounding(solution[0]))
    return fixed
