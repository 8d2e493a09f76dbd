# SPDX-License-Identifier: BSL-1.0
"""report.json against published numbers (anchors/gradient_flow_anchors.md), closed forms and Python's quadrature."""
import functools
import json
import math
import tempfile
import unittest
from pathlib import Path

from oracle import gaussian_mean, sigmoid, slope
from program import chainrule


def refuse_constant(word):
    raise ValueError(f"{word} is not JSON")


@functools.lru_cache(maxsize=None)
def numbers(*words):
    """report.json of a formula, read strictly."""
    with tempfile.TemporaryDirectory(prefix="chainrule_json_") as directory:
        answer = chainrule("report", *words, "--out", directory)
        if answer.code != 0:
            raise AssertionError(f"{words}: exit code {answer.code}: {answer.err}")
        text = (Path(directory) / "report.json").read_text()
        return json.loads(text, parse_constant=refuse_constant)


class Json(unittest.TestCase):
    def assert_encloses(self, enclosure, truth, width=1e-12):
        low, high = enclosure
        self.assertLessEqual(low, truth * (1 + 2e-16) if truth > 0 else truth)
        self.assertGreaterEqual(high, truth * (1 - 2e-16) if truth > 0 else truth)
        self.assertLessEqual(high - low, width * max(abs(truth), 1e-300))

    def assert_published(self, found, published):
        """As many digits as were published."""
        digits = len(published.split("e")[0].replace(".", "").replace("-", "").lstrip("0"))
        self.assertAlmostEqual(found / float(published), 1, delta=0.51 * 10.0**(1 - digits))

    def test_gelu(self):
        found = numbers("gelu(x)")
        self.assert_published(found["lipschitz"][0], "1.1289041")
        self.assertLessEqual(found["lipschitz"][1] - found["lipschitz"][0], 2e-12)
        self.assertAlmostEqual(found["slope_range"]["sup_at"], math.sqrt(2), delta=1e-9)
        self.assertEqual(found["slope_range"]["sup_how"], "attained")
        self.assertEqual(found["range"]["sup"], ["inf", "inf"])
        self.assertEqual(found["range"]["sup_how"], "limit")
        self.assert_encloses(found["curvature_range"]["sup"], math.sqrt(2 / math.pi))
        self.assertEqual(found["shape"]["smoothness"], "smooth")
        self.assertEqual((found["shape"]["slope_at_minus_infinity"], found["shape"]["slope_at_infinity"]), (0, 1))
        self.assertEqual(found["numerically_dead"]["inputs"], [])
        ten = next(c for c in found["compositions"] if c["layers"] == 10)
        self.assert_published(ten["slope"][0], "2.9674")
        self.assertAlmostEqual(ten["product"][0], found["lipschitz"][0]**10, delta=1e-9)
        self.assertAlmostEqual(ten["ratio"], ten["slope"][0] / ten["product"][0], delta=1e-9)
        means = found["moments"]
        self.assertAlmostEqual(means["mean"]["value"], 1 / (2 * math.sqrt(math.pi)), delta=1e-15)
        self.assertLessEqual(means["mean"]["error"], 1e-13)
        self.assertAlmostEqual(means["slope_mean"]["value"], 0.5, delta=1e-15)
        self.assertEqual((found["chain"]["verdict"], found["chain"]["typical_verdict"]), ("preserved", "vanishes"))
        # At 0, where the chain settles, f′ = 1/2.
        self.assertAlmostEqual(found["profile"]["layers"][-1]["log_slope"], math.log(0.5), delta=1e-12)

    def test_hard_swish(self):
        found = numbers("hard_swish(x)")
        slopes = found["slope_range"]
        self.assert_encloses(slopes["sup"], 1.5)
        self.assert_encloses(slopes["inf"], -0.5)
        self.assertEqual((slopes["sup_at"], slopes["sup_how"]), (3, "one_sided"))
        self.assertEqual((slopes["inf_at"], slopes["inf_how"]), (-3, "one_sided"))
        self.assertEqual([(k["at"], k["left_slope"], k["right_slope"]) for k in found["kinks"]["points"]],
                         [(-3, 0, -0.5), (3, 1.5, 1)])
        self.assertEqual(found["shape"]["smoothness"], 0)
        self.assert_encloses(found["shape"]["slope_variation"], 3)
        ten = next(c for c in found["compositions"] if c["layers"] == 10)
        self.assert_encloses(ten["slope"], 1.5**10)
        self.assertEqual(found["saturation"]["dead_zones"], [["-inf", -3]])
        self.assertAlmostEqual(found["saturation"]["dead_measure"], 0.5 * math.erfc(3 / math.sqrt(2)), delta=1e-16)
        self.assertEqual(found["moments"]["curvature_second_moment"]["value"], "inf")
        self.assertEqual(found["moments"]["log_slope"]["value"], "-inf")
        self.assertIsNone(found["tailored_transformation"]["value"])
        self.assertIn("kink", found["tailored_transformation"]["reason"])

    def test_sigmoid_of_sigmoid(self):
        found = numbers("sigmoid(x)", "--compose", "sigmoid(x)")
        first = found["compositions"][0]
        self.assertEqual((first["of"], first["layers"]), ("f₂∘f₁", 2))
        self.assert_published(first["slope"][0], "0.0589590")
        self.assert_encloses(first["product"], 0.0625)
        self.assertEqual(found["formula"]["stages"], ["sigmoid(x)", "sigmoid(x)"])
        # By hand: f₁′ at 1/2, f₂′ at σ(1/2).
        parts = [layer["log_slope"] for layer in found["stages"]["layers"]]
        inner = sigmoid(0.5)
        self.assertAlmostEqual(parts[0], math.log(inner * sigmoid(-0.5)), delta=1e-14)
        self.assertAlmostEqual(parts[1], math.log(sigmoid(inner) * sigmoid(-inner)), delta=1e-14)

    def test_sigmoid(self):
        found = numbers("sigmoid(x)", "--depth", "475")
        for layers, published in ((2, "0.0589590"), (3, "0.0134306"), (10, "3.90127e-7")):
            bound = next(c for c in found["compositions"] if c["layers"] == layers)
            self.assert_published(bound["slope"][0], published)
        depths = [layer["log_slope_so_far"] for layer in found["profile"]["layers"]]
        self.assertEqual(next(n for n, v in enumerate(depths, 1) if v < math.log(2.0**-126)), 59)
        self.assertEqual(next(n for n, v in enumerate(depths, 1) if v < math.log(2.0**-1022)), 475)
        # Only lengths from 45.62 on have an edge of chaos.
        admissible = [e["length"] for e in found["edge_of_chaos"] if e["admissible"]]
        refused = [e["length"] for e in found["edge_of_chaos"] if not e["admissible"]]
        self.assertTrue(max(refused) < 45.62 < min(admissible))
        shape = found["deep_kernel_shaping"]
        alpha, beta = shape["input_scale"], shape["input_shift"]
        gamma, delta = shape["output_scale"], shape["output_shift"]
        shaped = lambda z: gamma * (sigmoid(alpha * z + beta) + delta)
        self.assertAlmostEqual(gaussian_mean(shaped), 0, delta=1e-9)
        self.assertAlmostEqual(gaussian_mean(lambda z: shaped(z)**2), 1, delta=1e-9)
        self.assertAlmostEqual(gaussian_mean(lambda z: slope(shaped, z)**2, steps=1000), 1.5**(1 / 475), delta=1e-8)

    def test_silu(self):
        found = numbers("silu(x)")
        self.assert_published(found["lipschitz"][0], "1.09984")
        self.assert_published(next(c for c in found["compositions"] if c["layers"] == 10)["slope"][0], "2.3594")
        (point,) = found["half_stable_points"]
        self.assert_published(point["bias_variance"], "0.5551432")
        mean = gaussian_mean(lambda x: x * sigmoid(x))
        square = gaussian_mean(lambda x: (x * sigmoid(x))**2)
        self.assertAlmostEqual(found["standardised"]["scale"], 1 / math.sqrt(square - mean * mean), delta=1e-9)
        self.assertAlmostEqual(found["standardised"]["shift"], -mean / math.sqrt(square - mean * mean), delta=1e-9)

    def test_selu(self):
        found = numbers("selu(x)")
        point = found["self_normalising"]
        self.assertAlmostEqual(point["mean"], 0, delta=1e-12)
        self.assertAlmostEqual(point["variance"], 1, delta=1e-12)
        self.assert_published(point["spectral_radius"], "0.7826")
        self.assert_published(found["mean_field"]["unit"]["chi1"]["value"], "1.0716")
        self.assertEqual(found["mean_field"]["unit"]["phase"], "chaotic")
        self.assertAlmostEqual(found["mean_field"]["unit"]["length"]["value"], 1, delta=1e-11)
        self.assert_published(next(c for c in found["compositions"] if c["layers"] == 10)["slope"][0], "282.12")

    def test_relu(self):
        found = numbers("relu(x)")
        self.assertAlmostEqual(found["moments"]["backward_gain"]["value"], math.sqrt(2), delta=1e-14)
        self.assertEqual(found["mean_field"]["gradient_keeping"]["outcome"], "every_length")
        self.assertEqual(found["mean_field"]["gradient_keeping"]["phase"], "critical")
        c_map = found["correlation_map"]
        self.assertAlmostEqual(c_map["at_zero"]["value"], 1 / math.pi, delta=1e-14)
        self.assertAlmostEqual(c_map["slope"]["value"], 1, delta=1e-14)
        self.assertEqual(c_map["curvature"]["value"], "inf")
        for sample in c_map["samples"]:  # Cho and Saul 2009
            c = sample["c"]
            expected = (math.sqrt(1 - c * c) + (math.pi - math.acos(c)) * c) / math.pi
            self.assertAlmostEqual(sample["value"], expected, delta=1e-10)
        # χ = 1 in all layers but the last, where it is E f′² = 1/2.
        network = found["network"]
        for layer in network["layers"]:
            self.assertAlmostEqual(layer["predicted_log_gradient"], 0.5 * math.log(network["width"] / 2), delta=1e-9)
            self.assertLessEqual(layer["measured_log_gradient_low"], layer["measured_log_gradient"])
            self.assertLessEqual(layer["measured_log_gradient"], layer["measured_log_gradient_high"])
        last = network["layers"][-1]
        self.assertAlmostEqual(last["measured_log_gradient"], last["predicted_log_gradient"], delta=0.2)

    def test_deep_tanh(self):
        found = numbers("tanh(x)", "--depth", "1000")
        self.assert_published(found["profile"]["log_slope"], "-7.71")
        self.assertEqual(len(found["profile"]["layers"]), 1000)
        self.assertEqual(found["mean_field"]["unit"]["outcome"], "marginal")
        self.assertEqual(found["shape"]["parity"], "odd")
        self.assert_encloses(found["lipschitz"], 1)
        self.assertAlmostEqual(sum(layer["share"] for layer in found["profile"]["layers"]), 1, delta=1e-12)

    def test_gradients_by_parameters(self):
        found = {p["parameter"]: p for p in numbers("elu(x)", "alpha=1.5")["parameter_gradients"]}
        self.assertEqual(found["alpha"]["at"], 1.5)
        for sample in found["alpha"]["samples"]:
            x = sample["x"]
            self.assertAlmostEqual(sample["derivative"], math.expm1(x) if x < 0 else 0, delta=1e-15)
            if x != 0:
                self.assertAlmostEqual(sample["mixed_derivative"], math.exp(x) if x < 0 else 0, delta=1e-15)

    def test_what_is_not_there_is_null_with_a_reason(self):
        found = numbers("log(x)")
        self.assertEqual(found["moments"]["mean"], {"value": None, "reason": "undefined: f is undefined for some inputs"})
        self.assertEqual(found["mean_field"]["unit"]["outcome"], "undefined")
        self.assertIsNone(found["mean_field"]["gradient_keeping"]["value"])
        self.assertIn("E f′²", found["mean_field"]["gradient_keeping"]["reason"])
        self.assertEqual(found["chain"]["verdict"], "undefined")
        self.assertEqual(found["input"], {"value": None, "reason": "no --input was given"})

    def test_moderate_time(self):
        """A thousand layers take seconds, whatever the formula."""
        self.assertEqual(numbers("sin(100*x) + round(10*x)", "--depth", "1000")["chain"]["depth"], 1000)
