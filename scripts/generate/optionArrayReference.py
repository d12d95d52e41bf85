"""Reference risk arrays for clearing/margin/optionArray.test.ts: risk model, section 3, straight from its words at 50 digits, by Black's
formula with erfc of mpmath. Prints one line an option: value, then the change in value in units of 1e-9 of the spot, not rounded.
Needs mpmath; a second. Scenarios in the order of clearing/margin/scenarios.ts."""

from mpmath import erfc, exp, log, mp, mpf, sqrt

mp.dps = 50


def black(forward, strike, vol, years, discount, call):
    s = vol * sqrt(years)
    d1 = log(forward / strike) / s + s / 2
    n = lambda x: erfc(-x / sqrt(mpf(2))) / 2
    value = forward * n(d1) - strike * n(d1 - s)
    return discount * (value if call else value + strike - forward)


def array(spot, forward, strike, vol, days, discount, psr, call):
    years = mpf(days) / 365
    p = mpf("0.30") if days <= 30 else mpf("0.13")
    r = (mpf(30) / max(days, 1)) ** p
    up = max(vol * (1 + r / 2), mpf("0.4"))
    down = vol * (1 - mpf("0.3") * r)
    x = log(strike / forward) / max(mpf("0.01"), mpf("2.4") * vol * sqrt(years))
    slope = mpf("0.15") * max(-1, min(1, x))
    smile = mpf("0.15") * min(abs(x), 1)
    third = psr / 3
    moves = [-third, -2 * third, -psr, 0, third, 2 * third, psr]
    scenarios = [(m, vol) for m in moves] + [(mpf("-0.6"), up)]
    scenarios += [(m, up) for m in moves] + [(mpf("-0.35"), up)]
    scenarios += [(m, down) for m in moves] + [(mpf("0.5"), up), (mpf(1), up), (mpf(2), up)]
    scenarios += [(0, vol * (1 + slope)), (0, vol * (1 - slope)), (0, vol * (1 + smile)), (0, vol * (1 - smile))]
    scenarios += [(-psr / 20, vol), (psr / 20, vol)]
    now = black(forward, strike, vol, years, discount, call)
    changes = [(black(forward * (1 + m), strike, v, years, discount, call) - now) / spot * 10**9 for m, v in scenarios]
    return now, changes


CASES = [
    ("60000", "60300", "66000", "0.5", 30, "0.9965", "0.15", True),
    ("60000", "59900", "48000", "0.2", 200, "1", "0.15", False),
    ("3000", "3000", "3050", "0.9", 7, "0.999", "0.18", False),
]
for spot, forward, strike, vol, days, discount, psr, call in CASES:
    n = [mpf(x) for x in (spot, forward, strike, vol)]
    now, changes = array(*n, days, mpf(discount), mpf(psr), call)
    print(mp.nstr(now, 21), " ".join(mp.nstr(c, 14) for c in changes))
