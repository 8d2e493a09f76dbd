#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The extrema of f and f' over all real numbers, worked out with mpmath at 50 digits and independently of the
library: formulas and derivatives by hand or by mpmath.diff, stationary points by sign changes on a fine grid
and bisection, one-sided limits at the kinks, limits at infinity. Prints the rows of range_values.hpp."""
from mpmath import (mp, mpf, exp, log, tanh, erf, sqrt, sin, cos, pi, log1p, expm1, atan, inf, diff, sech, ncdf, npdf)

mp.dps = 50


def sig(x): return 1 / (1 + exp(-x))
def softplus(x): return log1p(exp(-abs(x))) + max(x, mpf(0))
def step(x): return mpf(1) if x > 0 else mpf(0)


LAM = mpf('1.0507009873554804934193349852946')
ALF = mpf('1.6732632423543772848170429916717')
C = sqrt(2 / pi)
K = mpf('0.044715')


def gelu_tanh(x): return x / 2 * (1 + tanh(C * (x + K * x**3)))


def sech2(u): return sech(u)**2


def mish_d(x):
    s = softplus(x)
    return tanh(s) + x * sech2(s) * sig(x)


def gelu_tanh_d(x):
    u = C * (x + K * x**3)
    return (1 + tanh(u)) / 2 + x / 2 * sech2(u) * C * (1 + 3 * K * x**2)


# name: (formula in C++, f, f', kinks, limits of f at -inf and inf, limits of f')
ROWS = {
    'sigmoid': ('sigmoid(x)', sig, lambda x: sig(x) * sig(-x), [], (0, 1), (0, 0)),
    'tanh': ('tanh(x)', tanh, sech2, [], (-1, 1), (0, 0)),
    'relu': ('relu', lambda x: max(x, mpf(0)), step, [0], (0, inf), (0, 1)),
    'leaky_relu': ('leaky_relu', lambda x: x if x > 0 else x / 100, lambda x: mpf(1) if x > 0 else mpf(1) / 100, [0], (-inf, inf), (mpf(1) / 100, 1)),
    'relu6': ('relu6', lambda x: min(max(x, mpf(0)), mpf(6)), lambda x: mpf(1) if 0 < x < 6 else mpf(0), [0, 6], (0, 6), (0, 0)),
    'elu': ('elu', lambda x: x if x > 0 else expm1(x), lambda x: mpf(1) if x > 0 else exp(x), [0], (-1, inf), (0, 1)),
    'selu': ('selu', lambda x: LAM * (x if x > 0 else ALF * expm1(x)), lambda x: LAM if x > 0 else LAM * ALF * exp(x), [0], (-LAM * ALF, inf), (0, LAM)),
    'celu': ('celu(alpha = 0.5_c)', lambda x: x if x > 0 else expm1(2 * x) / 2, lambda x: mpf(1) if x > 0 else exp(2 * x), [0], (-mpf(1) / 2, inf), (0, 1)),
    'silu': ('silu', lambda x: x * sig(x), lambda x: sig(x) + x * sig(x) * sig(-x), [], (0, inf), (0, 1)),
    'swish': ('swish(beta = 1.5_c)', lambda x: x * sig(1.5 * x), lambda x: sig(1.5 * x) + mpf(1.5) * x * sig(1.5 * x) * sig(-1.5 * x), [], (0, inf), (0, 1)),
    'gelu': ('gelu', lambda x: x * ncdf(x), lambda x: ncdf(x) + x * npdf(x), [], (0, inf), (0, 1)),
    'gelu_tanh': ('gelu_tanh', gelu_tanh, gelu_tanh_d, [], (0, inf), (0, 1)),
    'gelu_quick': ('gelu_quick', lambda x: x * sig(mpf('1.702') * x), lambda x: sig(mpf('1.702') * x) + mpf('1.702') * x * sig(mpf('1.702') * x) * sig(-mpf('1.702') * x), [], (0, inf), (0, 1)),
    'mish': ('mish', lambda x: x * tanh(softplus(x)), mish_d, [], (0, inf), (0, 1)),
    'tanhexp': ('tanhexp', lambda x: x * tanh(exp(x)) if x < 20 else x, lambda x: tanh(exp(x)) + x * sech2(exp(x)) * exp(x) if x < 20 else mpf(1), [], (0, inf), (0, 1)),
    'lisht': ('lisht', lambda x: x * tanh(x), lambda x: tanh(x) + x * sech2(x), [], (inf, inf), (-1, 1)),
    'hard_swish': ('hard_swish', lambda x: x * min(max(x / 6 + mpf(1) / 2, mpf(0)), mpf(1)), lambda x: mpf(0) if x < -3 else (mpf(1) if x > 3 else x / 3 + mpf(1) / 2), [-3, 3], (0, inf), (0, 1)),
    'hard_sigmoid': ('hard_sigmoid', lambda x: min(max(x / 6 + mpf(1) / 2, mpf(0)), mpf(1)), lambda x: mpf(1) / 6 if -3 < x < 3 else mpf(0), [-3, 3], (0, 1), (0, 0)),
    'hard_tanh': ('hard_tanh', lambda x: min(max(x, mpf(-1)), mpf(1)), lambda x: mpf(1) if -1 < x < 1 else mpf(0), [-1, 1], (-1, 1), (0, 0)),
    'softsign': ('softsign', lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x))**2, [0], (-1, 1), (0, 0)),
    'isru': ('isru', lambda x: x / sqrt(1 + x * x / 10), lambda x: (1 + x * x / 10)**mpf(-1.5), [], (-sqrt(mpf(10)), sqrt(mpf(10))), (0, 0)),
    'isrlu': ('isrlu', lambda x: x if x > 0 else x / sqrt(1 + x * x / 10), lambda x: mpf(1) if x > 0 else (1 + x * x / 10)**mpf(-1.5), [0], (-sqrt(mpf(10)), inf), (0, 1)),
    'softplus': ('softplus(x)', softplus, sig, [], (0, inf), (0, 1)),
    'log_sigmoid': ('log_sigmoid(x)', lambda x: -softplus(-x), lambda x: sig(-x), [], (-inf, 0), (1, 0)),
    'squareplus': ('squareplus', lambda x: (x + sqrt(x * x + 4)) / 2, lambda x: (1 + x / sqrt(x * x + 4)) / 2, [], (0, inf), (0, 1)),
    'tanh_shrink': ('tanh_shrink', lambda x: x - tanh(x), lambda x: tanh(x)**2, [], (-inf, inf), (1, 1)),
    'erf': ('erf(x)', erf, lambda x: 2 / sqrt(pi) * exp(-x * x), [], (-1, 1), (0, 0)),
    'elish': ('elish', lambda x: sig(x) * (x if x >= 0 else expm1(x)), lambda x: sig(x) + x * sig(x) * sig(-x) if x >= 0 else sig(x) * sig(-x) * expm1(x) + sig(x) * exp(x), [0], (0, inf), (0, 1)),
    'sqnl': ('sqnl', lambda x: mpf(1) if x > 2 else (x - x * x / 4 if x >= 0 else (x + x * x / 4 if x >= -2 else mpf(-1))), lambda x: mpf(0) if abs(x) > 2 else 1 - abs(x) / 2, [-2, 0, 2], (-1, 1), (0, 0)),
    'sparse_plus': ('sparse_plus', lambda x: mpf(0) if x <= -1 else ((x + 1)**2 / 4 if x < 1 else x), lambda x: mpf(0) if x <= -1 else ((x + 1) / 2 if x < 1 else mpf(1)), [-1, 1], (0, inf), (0, 1)),
    'soft_shrink': ('soft_shrink', lambda x: x - mpf(1) / 2 if x > 0.5 else (x + mpf(1) / 2 if x < -0.5 else mpf(0)), lambda x: mpf(1) if abs(x) > 0.5 else mpf(0), [-0.5, 0.5], (-inf, inf), (1, 1)),
    'atan': ('atan(x)', atan, lambda x: 1 / (1 + x * x), [], (-pi / 2, pi / 2), (0, 0)),
    'asinh': ('asinh(x)', lambda x: mp.asinh(x), lambda x: 1 / sqrt(1 + x * x), [], (-inf, inf), (0, 0)),
    'gaussian': ('exp(-(x * x))', lambda x: exp(-x * x), lambda x: -2 * x * exp(-x * x), [], (0, 0), (0, 0)),
    'gompertz': ('exp(-exp(-x))', lambda x: exp(-exp(-x)), lambda x: exp(-x - exp(-x)), [], (0, 1), (0, 0)),
    'logish': ('x * log1p(sigmoid(x))', lambda x: x * log1p(sig(x)), lambda x: log1p(sig(x)) + x * sig(x) * sig(-x) / (1 + sig(x)), [], (0, inf), (0, log(mpf(2)))),
    'serf': ('x * erf(softplus(x))', lambda x: x * erf(softplus(x)), lambda x: erf(softplus(x)) + x * 2 / sqrt(pi) * exp(-softplus(x)**2) * sig(x), [], (0, inf), (0, 1)),
    'smish': ('x * tanh(log1p(sigmoid(x)))', lambda x: x * tanh(log1p(sig(x))), lambda x: tanh(log1p(sig(x))) + x * sech2(log1p(sig(x))) * sig(x) * sig(-x) / (1 + sig(x)), [], (0, inf), (0, mpf(3) / 5)),
    'bump': ('x * x / (1_c + x * x)', lambda x: x * x / (1 + x * x), lambda x: 2 * x / (1 + x * x)**2, [], (1, 1), (0, 0)),
    'sigmoid_twice': ('sigmoid(sigmoid(x))', lambda x: sig(sig(x)), lambda x: sig(sig(x)) * sig(-sig(x)) * sig(x) * sig(-x), [], (mpf(1) / 2, sig(mpf(1))), (0, 0)),
}


def extremes(f, kinks, limits):
    values = list(limits)
    edges = [mpf(-40)] + [mpf(k) for k in kinks] + [mpf(40)]
    tiny = mpf(10)**-46
    for a, b in zip(edges, edges[1:]):
        a, b = a + tiny, b - tiny
        values += [f(a), f(b)]
        n = 400
        grid = [a + (b - a) * i / n for i in range(n + 1)]
        ys = [f(t) for t in grid]
        for i in range(1, n):
            for sign in (1, -1):
                if sign * ys[i] >= sign * ys[i - 1] and sign * ys[i] >= sign * ys[i + 1]:
                    # golden section loses half the digits of the place, none of the value's
                    lo, hi = grid[i - 1], grid[i + 1]
                    phi = (sqrt(mpf(5)) - 1) / 2
                    for _ in range(120):
                        m1, m2 = hi - phi * (hi - lo), lo + phi * (hi - lo)
                        if sign * f(m1) < sign * f(m2):
                            lo = m1
                        else:
                            hi = m2
                    values.append(f((lo + hi) / 2))
    return min(values), max(values)


def text(v):
    if v == inf: return 'infinity'
    if v == -inf: return '-infinity'
    if abs(v) < mpf(10)**-40: return '0'
    r = mpf(mp.nstr(v, 30))
    if abs(v - mp.nint(v * 4) / 4) < mpf(10)**-40: return mp.nstr(mp.nint(v * 4) / 4, 30, strip_zeros=True) + 'L'
    return mp.nstr(r, 30) + 'L'


for name, (formula, f, d, kinks, lim, lim_d) in ROWS.items():
    a, b = extremes(f, kinks, [mpf(v) for v in lim])
    c, e = extremes(d, kinks, [mpf(v) for v in lim_d])
    print(f'    ROW({formula}, {text(a)}, {text(b)}, {text(c)}, {text(e)})')
