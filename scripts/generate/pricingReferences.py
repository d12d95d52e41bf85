"""Writes test/vectors/pricingReferences.json: prices at 50 digits, which both languages must reach within 1e-15 of the forward.

Needs mpmath; 20 s. The numbers owe nothing to the code under test: Black's and the Gram-Charlier formula as printed, with erfc and exp of
mpmath, at exactly the inputs that fixed point holds; and every tenth group of Gram-Charlier is first compared with the integral of
the payoff over the density.
"""

import json
from pathlib import Path

from mpmath import erfc, exp, floor, log, mp, mpf, pi, quad, sqrt

mp.dps = 60
WAD = 10**18
FORWARDS = [60123450000000000000000, 10**18, 2987654321000000000000, 370000000000000000]
RATIOS = "0.01 0.1 0.3 0.5 0.7 0.8 0.9 0.95 0.99 0.999 1 1.001 1.01 1.05 1.1 1.2 1.5 2 3 10 100 1000".split()
HOUR, DAY = mpf(1) / 8760, mpf(1) / 365
YEARS = [HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, mpf(1), mpf(3)]
VOLS = ["0.05", "0.1", "0.2", "0.5", "0.8", "1", "2", "5"]
MOMENTS = [("0", "0"), ("-0.4", "1.2"), ("0.3", "0.8"), ("-1", "2.4"), ("1", "2.4"), ("0", "2.4"), ("-0.1", "0.2")]


def wad(x):
    return int(floor(mpf(x) * WAD))


def nearest(x):
    return int(floor(x * WAD + mpf("0.5")))


def normal(x):
    return erfc(-x / sqrt(2)) / 2


def density(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def black76(f, k, s):
    d = log(f / k) / s + s / 2
    return f * normal(d) - k * normal(d - s)


def gram_charlier(f, k, s, skew, kurtosis):
    w = skew * s**3 / 6 + kurtosis * s**4 / 24
    d = (log(f / k) + s * s / 2 - log(1 + w)) / s
    more = skew * (2 * s - d) / 6 + kurtosis * (d * d - 3 * d * s + 3 * s * s - 1) / 24
    return f * normal(d) - k * normal(d - s) + f * s * density(d) / (1 + w) * more


def by_quadrature(f, k, s, skew, kurtosis):
    """Payoff times density; the log return's location is what makes the mean of the price f."""
    w = skew * s**3 / 6 + kurtosis * s**4 / 24
    location = -s * s / 2 - log(1 + w)

    def weight(z):
        return density(z) * (1 + skew / 6 * (z**3 - 3 * z) + kurtosis / 24 * (z**4 - 6 * z**2 + 3))

    least = (log(k / f) - location) / s
    return quad(lambda z: (f * exp(location + s * z) - k) * weight(z), [least, least + 2, least + 5, least + 12, least + 40])


def group(index, years, vol, price):
    forward, years, vol = FORWARDS[index % len(FORWARDS)], wad(years), wad(vol)
    strikes = [wad(mpf(ratio) * forward / WAD) for ratio in RATIOS]
    s = mpf(vol) / WAD * sqrt(mpf(years) / WAD)
    calls = [nearest(price(mpf(forward) / WAD, mpf(strike) / WAD, s)) for strike in strikes]
    head = {"forwardWad": forward, "yearsWad": years, "volWad": vol}
    return head, {"strikeWad": strikes, "callWad": calls}, s


black, gram = [], []
for years in YEARS:
    for vol in VOLS:
        head, rows, _ = group(len(black), years, vol, black76)
        black.append({**head, **rows})
for years in [HOUR, DAY, 30 * DAY, mpf(1), mpf(3)]:
    for vol in ["0.05", "0.3", "0.8", "2", "5"]:
        for moments in MOMENTS:
            skew, kurtosis = (wad(moment) for moment in moments)
            exact = mpf(skew) / WAD, mpf(kurtosis) / WAD
            head, rows, s = group(len(gram), years, vol, lambda f, k, s: gram_charlier(f, k, s, *exact))
            if len(gram) % 10 == 0 and s < 3:
                f, k = mpf(head["forwardWad"]) / WAD, mpf(rows["strikeWad"][12]) / WAD
                assert abs(by_quadrature(f, k, s, *exact) - gram_charlier(f, k, s, *exact)) < f * mpf(10) ** -30
            gram.append({**head, "skewWad": skew, "excessKurtosisWad": kurtosis, **rows})


def compact(rows):
    plain = [json.dumps(row, default=str, separators=(",", ":")) for row in map(texts, rows)]
    return "[\n  " + ",\n  ".join(plain) + "\n ]"


def texts(row):
    return {key: [str(one) for one in value] if isinstance(value, list) else str(value) for key, value in row.items()}


target = Path(__file__).parents[2] / "test/vectors/pricingReferences.json"
target.write_text(f'{{\n "black76": {compact(black)},\n "gramCharlier": {compact(gram)}\n}}\n')
print(len(black), len(gram), target.stat().st_size)
