# SPDX-License-Identifier: BSL-1.0
"""What the numbers of a report must be, from nothing but Python's math module."""
import math
import re


def gaussian_mean(g, breaks=(), reach=10.0, steps=4000):
    """E g(x), x ~ N(0,1): Simpson's rule between the breaks."""
    edges = [-reach, *sorted(breaks), reach]
    total = 0.0
    for low, high in zip(edges, edges[1:]):
        width = (high - low) / steps
        # One-sided at the breaks.
        points = [low + i * width for i in range(steps + 1)]
        points[0] += 1e-12
        points[-1] -= 1e-12
        values = [g(x) * math.exp(-x * x / 2) for x in points]
        inner = 4 * sum(values[1:-1:2]) + 2 * sum(values[2:-1:2])
        total += (values[0] + values[-1] + inner) * width / 3
    return total / math.sqrt(2 * math.pi)


def slope(f, x):
    """f'(x) by Richardson's extrapolation of central differences: about 11 digits."""
    table = []
    h = 0.1
    for i in range(6):
        row = [(f(x + h) - f(x - h)) / (2 * h)]
        for k in range(1, i + 1):
            row.append(row[k - 1] + (row[k - 1] - table[i - 1][k - 1]) / (4**k - 1))
        table.append(row)
        h /= 2
    return table[-1][-1]


def normal_cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def normal_pdf(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def softplus(x):
    return max(x, 0) + math.log1p(math.exp(-abs(x)))


FUNCTIONS = {
    "normal_cdf": normal_cdf,
    "normal_pdf": normal_pdf,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "sech": lambda x: 1 / math.cosh(x),
    "tanh": math.tanh,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "sin": math.sin,
    "cos": math.cos,
    "atan": math.atan,
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "sqrt": math.sqrt,
    "erf": math.erf,
    "erfc": math.erfc,
    "abs": abs,
    "pi": math.pi,
}


def evaluate_text(text, x):
    """The value of formula text without conditions, worked out by Python."""
    return eval(re.sub(r"\^", "**", text), {"__builtins__": {}}, {**FUNCTIONS, "x": x})


def chain(f, df, start, depth):
    """ln |∂x_N/∂x_0|."""
    x, total = start, 0.0
    for _ in range(depth):
        d = abs(df(x))
        total += math.log(d) if d > 0 else -math.inf
        x = f(x)
    return total
