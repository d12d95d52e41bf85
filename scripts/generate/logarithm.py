"""Derives the constants in contracts/pricing/LogRatio.sol and clearing/pricing/logRatio.ts. Needs mpmath; 1 s.

atanh(t)/t as a polynomial of degree 7 in u = t^2, up to t = (sqrt 2 - 1)/(sqrt 2 + 1): Chebyshev's, which is all but minimax.
"""

from mpmath import atanh, chebyfit, exp, floor, log, mp, mpf, nint, nstr, sqrt

mp.dps = 60
END = (sqrt(2) - 1) / (sqrt(2) + 1)


def series(u):
    t = sqrt(u)
    return atanh(t) / t if t > mpf(10) ** -20 else 1 + u / 3


coefficients, error = chebyfit(series, [0, END**2 * mpf("1.000001")], 8, error=True)
print("error of the logarithm", nstr(2 * END * error, 4))
print("coefficients", *(int(nint(c * mpf(2) ** scale)) for c, scale in zip(coefficients, [64, 128, 192] + [128, 192] * 2 + [128])))
print("ln 2", int(nint(log(2) * 10**18 * mpf(2) ** 128)))
print("offset", int(nint((log(2) / 2 - log(10**18) + 59 * log(2)) * 10**18 * mpf(2) ** 128)) + 2**127)
print("root", int(nint(sqrt(2) * mpf(2) ** 127)))
print("largest", int(floor(exp(41) * 10**18)))
