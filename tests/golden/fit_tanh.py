"""Computes the table of src/RnnGen/Runtime/VectorMath.Table.V512.cs.

For a = |x| up to 9, b = a + 0.75 tells by its exponent and its first two bits of mantissa in which of 15 intervals a lies, and
tanh(a) = c0 + c1 t + ... + c5 t^5 with t = a - (the interval's beginning). The coefficients are fitted so that the relative error
is as small and as even as can be (Lawson's reweighted least squares on Chebyshev nodes); each is rounded to float before
the next ones are fitted, so that those make up for the rounding. In the first interval c0 is 0.

Needs mpmath. Run: python3 tests/golden/fit_tanh.py
"""
import struct

import mpmath as mp

mp.mp.dps = 50
DEGREE = 5


def to_float(x):
    return mp.mpf(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def bits(x):
    return struct.unpack("<i", struct.pack("<f", float(x)))[0]


def fit(start, width, count=60):
    nodes = [width * (1 + mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
    exact = [mp.tanh(start + t) for t in nodes]
    fixed = [mp.mpf(0)] if start == 0 else []
    for first in range(len(fixed), DEGREE + 1):
        rest = [e - sum(c * t**k for k, c in enumerate(fixed)) for e, t in zip(exact, nodes)]
        weights = [mp.mpf(1) / count] * count
        for _ in range(12):
            rows = mp.matrix(count, DEGREE + 1 - first)
            right = mp.matrix(count, 1)
            for i, t in enumerate(nodes):
                scale = mp.sqrt(weights[i]) / exact[i]
                right[i] = scale * rest[i]
                for k in range(first, DEGREE + 1):
                    rows[i, k - first] = scale * t**k
            solution = mp.lu_solve(rows.T * rows, rows.T * right)
            errors = [
                abs((r - sum(solution[k - first] * t**k for k in range(first, DEGREE + 1))) / e)
                for r, t, e in zip(rest, nodes, exact)
            ]
            total = sum(w * e for w, e in zip(weights, errors))
            if total == 0:
                break
            weights = [w * e / total + mp.mpf(10) ** -30 for w, e in zip(weights, errors)]
        fixed.append(to_float(solution[0]))
    worst = max(abs(sum(c * t**k for k, c in enumerate(fixed)) / e - 1) for t, e in zip(nodes, exact))
    return fixed, worst


table = [[mp.mpf(1)] + [mp.mpf(0)] * DEGREE for _ in range(16)]
starts = [0.0, 0.125] + [0.25 + i * 0.25 for i in range(4)] + [1.25 + i * 0.5 for i in range(4)] + [3.25 + i for i in range(4)] + [7.25]
for start, end in zip(starts, starts[1:] + [9.25]):
    coefficients, worst = fit(mp.mpf(start), mp.mpf(end - start))
    table[(bits(start + 0.75) >> 21) & 15] = coefficients
    print(f"from {start} to {end}: error {mp.nstr(worst, 3)}")
for k in range(DEGREE + 1):
    print(f"c{k}:", ", ".join(mp.nstr(row[k], 9) + "f" for row in table))
