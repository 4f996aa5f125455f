"""Computes the constants of src/RnnGen/Runtime/VectorMath.cs.

VectorMath reduces e^-y = 2^n (1 - w(u)) with n = round(-y log2 e), u = y + n ln 2, |u| <= ln 2 / 2, and
w(u) = 1 - e^-u = u + u^2 q(u). q is fitted so that the error of w relative to u is as small and as even as can be
(Lawson's reweighted least squares on Chebyshev nodes); each coefficient is rounded to the number type
before the next ones are fitted, so that those make up for the rounding.

Needs mpmath. Run: python3 tests/golden/fit_exp.py
"""
import struct

import mpmath as mp

mp.mp.dps = 60


def to_float(x):
    return mp.mpf(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def to_double(x):
    return mp.mpf(float(x))


def fit(degree, rounding, count=120):
    limit = mp.log(2) / 2 * mp.mpf("1.002")
    nodes = [limit * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    exact = [(1 - mp.exp(-u) - u) / u**2 for u in nodes]
    fixed = []
    for start in range(degree + 1):
        rest = [e - sum(c * u**k for k, c in enumerate(fixed)) for e, u in zip(exact, nodes)]
        weights = [mp.mpf(1) / count] * count
        for _ in range(30):
            rows = mp.matrix(count, degree + 1 - start)
            right = mp.matrix(count, 1)
            for i, u in enumerate(nodes):
                scale = mp.sqrt(weights[i]) * abs(u)
                right[i] = scale * rest[i]
                for k in range(start, degree + 1):
                    rows[i, k - start] = scale * u**k
            solution = mp.lu_solve(rows.T * rows, rows.T * right)
            errors = [
                abs(u * (r - sum(solution[k - start] * u**k for k in range(start, degree + 1))))
                for r, u in zip(rest, nodes)
            ]
            total = sum(w * e for w, e in zip(weights, errors))
            weights = [w * e / total + mp.mpf(10) ** -40 for w, e in zip(weights, errors)]
        fixed.append(rounding(solution[0]))
    grid = [limit * (2 * mp.mpf(i) / 4001 - 1) for i in range(4002)]
    worst = max(abs((u + u**2 * sum(c * u**k for k, c in enumerate(fixed))) - (1 - mp.exp(-u))) / abs(u) for u in grid if u)
    return fixed, worst


def report(name, degree, rounding, digits, exponent_bits, precision):
    high_bits = precision - exponent_bits
    high = mp.mpf(int(mp.nint(mp.log(2) * 2**high_bits))) / 2**high_bits
    coefficients, worst = fit(degree, rounding)
    print(name)
    print("  log2 e", mp.nstr(rounding(1 / mp.log(2)), digits))
    print("  ln 2 high", mp.nstr(high, 25), " low", mp.nstr(rounding(mp.log(2) - high), digits))
    for k, c in enumerate(coefficients):
        print(f"  Q{k}", mp.nstr(c, digits))
    print("  largest error of w relative to u:", mp.nstr(worst, 3))


report("float", 4, to_float, 9, 8, 24)
report("double", 9, to_double, 17, 11, 53)
