"""Derives the coefficients in contracts/pricing/NormalTail.sol and clearing/pricing/normalTail.ts. Needs mpmath; 5 s.

M(x) = exp(x^2/2) N(-x) = erfcx(x/sqrt 2)/2 on [0, 9.25] by a rational function of degree 8 over 9, minimax in absolute error:
Remez' exchange on a grid of 1,501 points. At each exchange the levelled error is a linear problem once the denominator in
front of the error is taken from the step before (repeated until it stays).
"""

from mpmath import cos, erfc, exp, lu_solve, matrix, mp, mpf, nint, nstr, pi, sqrt

mp.dps = 60
TOP, BOTTOM, END, POINTS = 8, 9, mpf("9.25"), 1500
LEVELS = TOP + BOTTOM + 2


def tail(x):
    return exp(x * x / 2) * erfc(x / sqrt(2)) / 2


def value(coefficients, x):
    return sum(c * x**j for j, c in enumerate(coefficients))


# Denser towards zero, where M bends most.
xs = [END * ((1 - cos(pi * i / POINTS)) / 2) ** mpf("1.3") for i in range(POINTS + 1)]
tails = [tail(x) for x in xs]


def level(nodes, bottom):
    for _ in range(25):
        a, b = matrix(LEVELS, LEVELS), matrix(LEVELS, 1)
        for row, i in enumerate(nodes):
            x, f = xs[i], tails[i]
            for j in range(TOP + 1):
                a[row, j] = x**j
            for j in range(BOTTOM):
                a[row, TOP + 1 + j] = -f * x**j
            a[row, LEVELS - 1] = -((-1) ** row) * (value(bottom, x) if bottom else 1)
            b[row] = f * x**BOTTOM
        solved = lu_solve(a, b)
        top = [solved[j] for j in range(TOP + 1)]
        new = [solved[TOP + 1 + j] for j in range(BOTTOM)] + [mpf(1)]
        settled = bottom and max(abs(n - o) / n for n, o in zip(new, bottom)) < mpf(10) ** -14
        bottom = new
        if settled:
            break
    return top, bottom, abs(solved[LEVELS - 1])


nodes, bottom = [round(POINTS * i / (LEVELS - 1)) for i in range(LEVELS)], None
while True:
    top, bottom, levelled = level(nodes, bottom)
    errors = [value(top, x) / value(bottom, x) - f for x, f in zip(xs, tails)]
    worst = max(abs(e) for e in errors)
    if worst < levelled * mpf("1.02"):
        break
    runs = []
    for i, e in enumerate(errors):
        if runs and (errors[runs[-1]] >= 0) == (e >= 0):
            runs[-1] = max(runs[-1], i, key=lambda at: abs(errors[at]))
        else:
            runs.append(i)
    while len(runs) > LEVELS:
        runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
    nodes = runs

# Scales as the evaluation needs them: two steps of Horner's scheme, each 64 places more, to a shift by 128.
print("error", nstr(worst, 4))
scales = [64, 128, 192] + [128, 192] * 3
for name, coefficients in (("numerator", top), ("denominator", bottom[:-1])):
    print(name, *(int(nint(c * mpf(2) ** scale)) for c, scale in zip(reversed(coefficients), scales)))
