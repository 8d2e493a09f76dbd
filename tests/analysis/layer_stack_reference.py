#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The expected numbers of tests/analysis/layer_stack.cpp, by mpmath: plain products of Jacobians with
enough digits, so that nothing is shared with the method under test."""
from mpmath import exp, log, matrix, mp, mpf, norm, sech, sqrt, svd_r, tanh


def sigmoid(u):
    return 1 / (1 + exp(-u))


ACTIVATIONS = {
    "tanh": (tanh, lambda u: sech(u) ** 2),
    "silu": (lambda u: u * sigmoid(u), lambda u: sigmoid(u) * (1 + u * sigmoid(-u))),
    "relu": (lambda u: max(u, mpf(0)), lambda u: mpf(1) if u > 0 else mpf(0)),
    "sigmoid": (sigmoid, lambda u: sigmoid(u) * sigmoid(-u)),
}


def weight(layer, rows, columns, scale):
    """Exact in binary: eighths and quarters, times a power of two."""
    return matrix([[mpf((7 * i + 3 * j + 5 * layer + i * j) % 11 - 5) / 8 * mpf(scale) for j in range(columns)]
                   for i in range(rows)])


def bias(layer, rows):
    return matrix([mpf((3 * i + layer) % 5 - 2) / 16 for i in range(rows)])


def frobenius(m):
    return sqrt(sum(v * v for v in m))


def profile(widths, names, scale, start, with_singular_values=True):
    value, slopes, weights, inputs = start, [], [], []
    jacobian = mp.eye(widths[0])
    layers = []
    for l, name in enumerate(names, 1):
        f, df = ACTIVATIONS[name]
        w = weight(l, widths[l], widths[l - 1], scale)
        inputs.append(value)
        u = w * value + bias(l, widths[l])
        value = u.apply(f)
        slope = u.apply(df)
        step = mp.diag(list(slope)) * w
        jacobian = step * jacobian
        slopes.append(slope)
        weights.append(w)
        layers.append([log(frobenius(jacobian))] if frobenius(jacobian) else [mpf("-inf")])
        if with_singular_values:
            layers[-1].append(sorted(svd_r(step, compute_uv=False), reverse=True))
    gradient = matrix([mpf(1)] * widths[-1])
    for l in reversed(range(len(names))):
        if l + 1 < len(names):
            gradient = weights[l + 1].T * gradient
        gradient = matrix([g * s for g, s in zip(gradient, slopes[l])])
        size = norm(gradient)
        layers[l].insert(1, log(size))
        layers[l].insert(2, log(size) + log(norm(inputs[l])))
    return layers, log(max(svd_r(jacobian, compute_uv=False))), log(frobenius(jacobian)), value


def show(title, layers, spectral, total, value, only=None):
    print(f"-- {title}")
    for l, layer in enumerate(layers, 1):
        if only and l not in only:
            continue
        row = [mp.nstr(v, 20) for v in layer[:3]] + [mp.nstr(v, 20) for v in (layer[3] if len(layer) > 3 else [])]
        print(f"  {l}: " + ", ".join(row))
    print("  spectral, Frobenius: " + mp.nstr(spectral, 20) + ", " + mp.nstr(total, 20))
    print("  output: " + ", ".join(mp.nstr(v, 20) for v in value))


if __name__ == "__main__":
    mp.dps = 50
    start = matrix([mpf("0.5"), mpf("-0.25"), mpf(1), mpf("-0.75")])
    show("mixed", *profile([4, 5, 3, 4, 2], ["tanh", "silu", "relu", "sigmoid"], 1, start))
    mp.dps = 700
    u = weight(2, 3, 3, 1) * matrix([1, -1, mpf("0.5")]) + matrix([0, -300, -650])
    graded = mp.diag([sigmoid(v) * sigmoid(-v) for v in u]) * weight(2, 3, 3, 1)
    print("-- graded\n  " + ", ".join(mp.nstr(v, 20) for v in sorted(svd_r(graded, compute_uv=False), reverse=True)))
    mp.dps = 1500
    start = matrix([mpf("0.5"), mpf("-0.25"), mpf(1)])
    for name, scale in [("tanh", "1"), ("sigmoid", "0.5"), ("silu", "2")]:
        show(f"1000 layers of {name}, scale {scale}",
             *profile([3] * 1001, [name] * 1000, scale, start, False), only=[1, 10, 500, 1000])
