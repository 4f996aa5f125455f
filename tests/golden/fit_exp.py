"""Computes the constants of src/RnnGen/Numerics/VectorMath.cs.

VectorMath reduces e^-y = 2^n (1 - w(u)) with n = round(-y log2 e), u = y + n ln 2, |u| <= ln 2 / 2, and
w(u) = 1 - e^-u = u + u^2 q(u). q is fitted so that the error of w relative to u is as small and as even as can be
(Lawson's reweighted least squares on Chebyshev nodes); each coefficient is rounded to the number type
before the next ones are fitted, so that those make up for the rounding.

Needs mpmath. Run: python3 tests/golden/fit_exp.py
"""
import mpmath as mp

import lawson


def fit(degree, rounding, count=120):
    limit = mp.log(2) / 2 * mp.mpf("1.002")
    nodes = [limit * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    exact = [(1 - mp.exp(-u) - u) / u**2 for u in nodes]
    fixed = lawson.fit(nodes, exact, [abs(u) for u in nodes], degree, rounding)
    grid = [limit * (2 * mp.mpf(i) / 4001 - 1) for i in range(4002)]
    worst = max(abs((u + u**2 * lawson.evaluate(fixed, u)) - (1 - mp.exp(-u))) / abs(u) for u in grid if u)
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


report("float", 4, lawson.to_float, 9, 8, 24)
report("double", 9, lawson.to_double, 17, 11, 53)
