# SPDX-License-Identifier: BSL-1.0
"""The numbers of a report against Python's own."""
import math
import unittest

from oracle import chain, evaluate_text, gaussian_mean, normal_cdf, sigmoid, slope, softplus
from program import report

MEANS = "Values, slope and means"

# Mean output and mean squared slope under N(0,1), as published in anchors/catalogue.csv.
PUBLISHED = {
    "relu(x)": (0.3989423, 0.5),
    "gelu(x)": (0.2820948, 0.455851),
    "silu(x)": (0.2066210, 0.379482),
    "tanh(x)": (0.0, 0.464403),
}

# Formulas from nowhere, by hand in Python.
UNSEEN = {
    "x*exp(-x^2/2) + 0.3*x": lambda x: x * math.exp(-x * x / 2) + 0.3 * x,
    "x/(1 + exp(-1.3*x)) + 0.1*sin(3*x)": lambda x: x * sigmoid(1.3 * x) + 0.1 * math.sin(3 * x),
    "log1p(x^2)*atan(x) - erf(x/2)": lambda x: math.log1p(x * x) * math.atan(x) - math.erf(x / 2),
    "-x*normal_cdf(-x)/sqrt(1 + x^2)": lambda x: -x * normal_cdf(-x) / math.sqrt(1 + x * x),
}


class Numbers(unittest.TestCase):
    def test_published_means(self):
        for formula, (mean, squared_slope) in PUBLISHED.items():
            with self.subTest(formula):
                found = report(formula)
                self.assertAlmostEqual(found.number(MEANS, "mean output E f"), mean, delta=1e-7)
                self.assertAlmostEqual(found.number(MEANS, "mean squared slope E f′²"), squared_slope, delta=1e-6)

    def test_unseen_formulas(self):
        for formula, f in UNSEEN.items():
            with self.subTest(formula):
                found = report(formula)
                mean = gaussian_mean(f)
                squared = gaussian_mean(lambda x: slope(f, x)**2, steps=1000)
                self.assertAlmostEqual(found.number(MEANS, "mean output E f"), mean, delta=1e-8 * (1 + abs(mean)))
                self.assertAlmostEqual(found.number(MEANS, "mean squared slope E f′²"), squared,
                                       delta=1e-8 * (1 + squared))
                self.assertAlmostEqual(found.number(MEANS, "f(0)"), f(0.0), delta=1e-9)
                for x in (-3.1, -0.7, 0.2, 1.9):
                    self.assertAlmostEqual(evaluate_text(found.formula("f(x)"), x), f(x), delta=1e-12)
                    self.assertAlmostEqual(evaluate_text(found.formula("f′(x)"), x), slope(f, x), delta=1e-8)
                    second = slope(lambda t: evaluate_text(found.formula("f′(x)"), t), x)
                    self.assertAlmostEqual(evaluate_text(found.formula("f″(x)"), x), second, delta=1e-7)
                grid = max(abs(slope(f, i / 100)) for i in range(-2000, 2001))
                self.assertGreaterEqual(found.number(MEANS, "sup |f′|"), grid * (1 - 1e-9))
                self.assertLessEqual(found.number(MEANS, "sup |f′|"), grid * (1 + 1e-3))
                low, high = found.json["lipschitz"]
                self.assertGreaterEqual(high, grid * (1 - 1e-9))
                self.assertLessEqual(high - low, 1e-12 * high)
                self.assertIn("Throughput", found.text)
                self.assertNotIn("no plain loop", found.text)

    def test_limits(self):
        found = report("softplus(x) - 1")
        self.assertEqual(found.value(MEANS, "f(-∞)"), "-1")
        self.assertEqual(found.value(MEANS, "f(∞)"), "∞")

    def test_values_by_name_and_defaults(self):
        found = report("swish(x)", "beta=2.5")
        self.assertIn("with beta = 2.5.", found.text)
        self.assertAlmostEqual(found.number(MEANS, "mean output E f"),
                               gaussian_mean(lambda x: x * sigmoid(2.5 * x)), delta=1e-9)
        self.assertIn("with beta = 1 (its default).", report("swish(x)").text)
        found = report("-a*x*tanh(b*x)", "a=-0.5", "b=2e0")
        self.assertAlmostEqual(found.number(MEANS, "mean output E f"),
                               gaussian_mean(lambda x: 0.5 * x * math.tanh(2 * x)), delta=1e-9)

    def test_undefined_and_divergent_means(self):
        found = report("log(x)")
        self.assertIn("undefined", found.value(MEANS, "mean output E f"))
        self.assertEqual(report("exp(x^2)").value(MEANS, "mean output E f"), "∞")
        found = report("sqrt(abs(x))")
        self.assertAlmostEqual(found.number(MEANS, "mean output E f"), 0.8221789586624585, delta=1e-6)
        self.assertEqual(found.value(MEANS, "mean squared slope E f′²"), "∞")

    def test_composition(self):
        text = report("gelu(x)", "--compose", "swish(x)")
        same = report("swish(gelu(x))")
        self.assertIn("f₂(f₁(x))", text.text)
        self.assertIn("f₁(x) = gelu(x)", text.text)
        self.assertIn("f₂(x) = swish(x)", text.text)
        self.assertIn("f′(x) = f₂′(f₁(x)) · f₁′(x)", text.text)
        for name in ("mean output E f", "mean squared slope E f′²", "sup |f′|"):
            self.assertEqual(text.value(MEANS, name), same.value(MEANS, name))
        self.assertEqual(text.formula("f′(x)"), same.formula("f′(x)"))
        # The order matters: f₃(f₂(f₁(x))) with three different parts.
        three = report("x^2", "--compose", "x - 1", "--compose", "tanh(x)")
        self.assertAlmostEqual(three.number(MEANS, "mean output E f"),
                               gaussian_mean(lambda x: math.tanh(x * x - 1)), delta=1e-9)

    def test_speed_is_reported(self):
        rows = report("gelu(x)").rows("Throughput")
        self.assertEqual([row[0] for row in rows], ["value", "backward, grad_out·f′"])
        for row in rows:
            fused, plain, ratio = map(float, row[1:])
            self.assertGreater(fused, 0)
            self.assertAlmostEqual(ratio, plain / fused, delta=0.06 + 0.02 * ratio)


class Chains(unittest.TestCase):
    def verdict(self, found):
        return next(line for line in found.section("Verdict").splitlines() if line.startswith("The gradient"))

    def test_sigmoid(self):
        # The supremum of a chain is not the product of the suprema (0.0625).
        found = report("sigmoid(sigmoid(x))")
        self.assertAlmostEqual(found.number(MEANS, "sup |f′|"), 0.058959, delta=5e-7)
        found = report("sigmoid(x)", "--depth", "475")
        self.assertTrue(self.verdict(found).startswith("The gradient vanishes: after 475 layers"))
        start = next(row for row in found.rows("Gradient") if row[0] == "0.5")
        expected = chain(sigmoid, lambda x: sigmoid(x) * sigmoid(-x), 0.5, 475) / math.log(10)
        mantissa, exponent = start[1].split("e")
        self.assertAlmostEqual(math.log10(float(mantissa)) + int(exponent), expected, delta=1e-3)
        self.assertLess(expected, -307)  # a plain product is no normal number any more

    def test_root_mean_square_and_median(self):
        f, df = softplus, sigmoid
        found = report("softplus(x)", "--depth", "20")
        square = gaussian_mean(lambda x: math.exp(2 * chain(f, df, x, 20)), steps=1000)
        rows = {row[0]: row for row in found.rows("Gradient")}
        self.assertAlmostEqual(float(rows["N(0,1), root mean square"][1]) / math.sqrt(square), 1, delta=2e-4)
        self.assertAlmostEqual(float(rows["N(0,1), root mean square"][2]), square**(1 / 40), delta=1e-4)
        # The slope of this chain grows with its start: its median is that of the start 0.
        median = math.exp(chain(f, df, 0.0, 20))
        self.assertAlmostEqual(float(rows["N(0,1), median of the size"][1]) / median, 1, delta=3e-3)

    def test_verdicts(self):
        for words, start in [
            (["tanh(x)/2"], "The gradient vanishes: after 50 layers its root mean square is"),
            (["relu(x)"], "The gradient is preserved: after 50 layers its root mean square is 0.7071"),
            (["1.5*x"], "The gradient explodes: after 50 layers its root mean square is 6.376e+08"),
            (["x", "--depth", "1"], "The gradient is preserved: after 1 layer its root mean square is 1,"),
        ]:
            with self.subTest(words):
                self.assertTrue(self.verdict(report(*words)).startswith(start), self.verdict(report(*words)))
        # 0.5^20 = 9.5e-7 is the first below 1e-6.
        self.assertIn("it falls below 1e-6 at layer 20.", self.verdict(report("x/2")))
        self.assertIn("it does not fall below 1e-6 within 50 layers.", self.verdict(report("x")))
        typical = self.verdict(report("gelu(x)"))
        self.assertTrue(typical.startswith("The gradient typically vanishes: after 50 layers its median is"), typical)
        self.assertIn("a factor of 0.5 per layer, and it falls below 1e-6 at layer 20;", typical)

    def test_beyond_double(self):
        found = report("x/10", "--depth", "1000")
        self.assertIn("root mean square is 1e-1000, a factor of 0.1 per layer; it falls below 1e-6 at layer 7",
                      self.verdict(found))
        self.assertIn("1e+1000", self.verdict(report("10*x", "--depth", "1000")))

    def test_dead_and_undefined_starts(self):
        self.assertIn("From 50.00 % of the starts the gradient is exactly 0.", report("relu(x)").section("Gradient"))
        found = report("x + log(x - 40)")  # undefined where chains start, although its slope is not
        self.assertIn("No verdict: within 50 layers every chain leaves the domain of f.", found.section("Verdict"))


class Kinks(unittest.TestCase):
    def kinks(self, *words):
        return [tuple(row[:3]) for row in report(*words).rows("Kinks")]

    def test_a_logarithmic_slope_is_infinite_on_both_sides(self):
        self.assertIn("None:", report("x*log(abs(x))").section("Kinks"))

    def test_an_odd_function_needs_no_shift(self):
        shift = report("tanh(x)*x^2").value("Made to order", "a·f + b with mean 0, second moment 1")
        self.assertTrue(shift.endswith(", b = 0"), shift)

    def test_kinks(self):
        for words, expected in [
            (["hard_swish(x)"], [("-3", "0", "-0.5"), ("3", "1.5", "1")]),
            (["abs(x - 1) + 0.5*max(x, -2)"], [("-2", "-1", "-0.5"), ("1", "-0.5", "1.5")]),
            (["min(max(x, a), b)", "a=-0.1", "b=250"], [("-0.1", "0", "1"), ("250", "1", "0")]),
            (["x < 0.3 ? 2*x : 0.6 + 5*(x - 0.3)"], [("0.3", "2", "5")]),
            (["relu(relu(x) - 1) + sqrt(x^2)"], [("0", "-1", "1"), ("1", "1", "2")]),
            (["sqrt(abs(x))"], [("0", "-∞", "∞")]),
        ]:
            with self.subTest(words):
                self.assertEqual(self.kinks(*words), expected)

    def test_smooth_joints_are_no_kinks(self):
        for formula in ("elu(x)", "softsign(x) + x*abs(x) + max(x, 0)^2"):
            with self.subTest(formula):
                self.assertIn("None: value and slope are the same", report(formula).section("Kinks"))

    def test_irrational_kink(self):
        ((x, left, right),) = self.kinks("max(exp(x), 2)")
        self.assertAlmostEqual(float(x), math.log(2), delta=1e-11)
        self.assertEqual((left, right), ("0", "2"))

    def test_jumps_and_edges(self):
        poles = report("1/x + tan(x)").section("Kinks")
        self.assertIn("jump from -∞ to ∞", poles)
        self.assertRegex(poles, r"1\.57079632679 \|[^\n]*jump from ∞ to -∞")
        self.assertIn("edge of the domain, undefined to the left", report("log(x)").section("Kinks"))
        found = report("round(x)").section("Kinks")
        self.assertIn("| -0.5 |", found)
        self.assertIn("| 0.5 |", found)
        found = report("step(x) + x")
        self.assertIn("jump from 0 to 1", found.section("Kinks"))
        self.assertIn("f jumps", found.section(MEANS))
