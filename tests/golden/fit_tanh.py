"""Computes the table of src/RnnGen/Numerics/VectorMath.Table.V512.cs.

For a = |x| up to 9, b = a + 0.75 tells by its exponent and its first two bits of mantissa in which of 15 intervals a lies, and
tanh(a) = c0 + c1 t + ... + c5 t^5 with t = a - (the interval's beginning). The coefficients are fitted so that the relative error
is as small and as even as can be (Lawson's reweighted least squares on Chebyshev nodes); each is rounded to float before
the next ones are fitted, so that those make up for the rounding. In the first interval c0 is 0.

Needs mpmath. Run: python3 tests/golden/fit_tanh.py
"""
import struct

import mpmath as mp

import lawson

DEGREE = 5


def bits(x):
    return struct.unpack("<i", struct.pack("<f", float(x)))[0]


def fit(start, width, count=60):
    nodes = [width * (1 + mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
    exact = [mp.tanh(start + t) for t in nodes]
    fixed = lawson.fit(nodes, exact, [1 / e for e in exact], DEGREE, lawson.to_float, [mp.mpf(0)] if start == 0 else [], rounds=12)
    worst = max(abs(lawson.evaluate(fixed, t) / e - 1) for t, e in zip(nodes, exact))
    return fixed, worst


table = [[mp.mpf(1)] + [mp.mpf(0)] * DEGREE for _ in range(16)]
starts = [0.0, 0.125] + [0.25 + i * 0.25 for i in range(4)] + [1.25 + i * 0.5 for i in range(4)] + [3.25 + i for i in range(4)] + [7.25]
for start, end in zip(starts, starts[1:] + [9.25]):
    coefficients, worst = fit(mp.mpf(start), mp.mpf(end - start))
    table[(bits(start + 0.75) >> 21) & 15] = coefficients
    print(f"from {start} to {end}: error {mp.nstr(worst, 3)}")
for k in range(DEGREE + 1):
    print(f"c{k}:", ", ".join(mp.nstr(row[k], 9) + "f" for row in table))
