# SPDX-License-Identifier: BSL-1.0
"""chainrule experiment: gradients of random networks, and training."""
import json
import math
import random
import struct
import tempfile
import unittest
from pathlib import Path

from program import Report, chainrule

SENTENCES = [
    (["swosh(x)"], "The formula cannot be read at position 1: 'swosh' is not a known function. Did you mean 'swish'?"),
    (["tanh(x)", "--depth", "0"], "--depth must be a whole number from 1 to 1000, not '0'."),
    (["tanh(x)", "--width", "many"], "--width must be a whole number from 1 to 4096, not 'many'."),
    (["tanh(x)", "--epochs", "-1"], "--epochs must be a whole number from 0 to 100000, not '-1'."),
    (["tanh(x)", "--rate", "0"], "--rate must be a positive number, not '0'."),
    (["tanh(x)", "--gain", "nan"], "--gain must be a positive number, not 'nan'."),
    (["tanh(x)", "--init", "xavier"], "--init must be he, lecun, glorot, orthogonal or critical, not 'xavier'."),
    (["tanh(x)", "--optimizer", "lion"], "--optimizer must be adam or momentum, not 'lion'."),
    (["tanh(x)", "--init", "critical", "--gain", "2"],
     "--gain does not go with --init critical; give --weight-variance."),
    (["tanh(x)", "--weight-variance", "2"],
     "--weight-variance, --bias-variance and --length go with --init critical, not with he."),
    (["tanh(x)", "--init", "critical", "--bias-variance", "1"], "--bias-variance needs --weight-variance beside it."),
    (["tanh(x)", "--labels", "l"], "--labels needs the images in --data."),
    (["tanh(x)", "--data", "/nonexistent.csv"], "The data file '/nonexistent.csv' does not exist."),
    (["tanh(x)", "--data", "/"], "The data file '/' is a directory."),
]

CSV = [
    ("1\n2\n", "has one column; it needs numbers and then the class in each line."),
    ("", "holds no samples."),
    ("1,2,0\n1,2\n", "has 2 columns in line 2, but 3 before it."),
    ("1,2,0\n1,two,1\n", "has no finite number in line 2, column 2: 'two'."),
    ("1,2,0\n1,nan,1\n", "has no finite number in line 2, column 2: 'nan'."),
    ("1,2,0\n1,3,0.5\n", "has the class 0.5 in line 2; classes are whole numbers from 0 to 999."),
    ("1,2,0\n" * 20, "has one class only."),
    ("1,2,0\n1,3,1\n", "has 2 samples; at least 10 are needed."),
    (b"\0\0\x08\x03", "looks like IDX; name the file of its labels with --labels."),
    (b"\x1f\x8b\x08", "is compressed; unpack it with gunzip."),
]


class Experiment(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="chainrule_experiment_")
        self.addCleanup(self.directory.cleanup)
        self.path = Path(self.directory.name)

    def run_experiment(self, *words):
        answer = chainrule("experiment", *words, "--out", self.path / "out")
        self.assertEqual(answer.code, 0, answer.err)
        result = json.loads((self.path / "out" / "experiment.json").read_text())
        result["report"] = Report((self.path / "out" / "report.md").read_text())
        result["files"] = sorted(p.name for p in (self.path / "out").iterdir())
        return result

    def test_sentences(self):
        for words, sentence in SENTENCES:
            with self.subTest(words):
                answer = chainrule("experiment", *words, "--out", self.path / "out")
                self.assertEqual((answer.code, answer.sentence, answer.out), (2, sentence, ""))
                self.assertFalse((self.path / "out").exists())

    def test_data_that_cannot_be_used(self):
        for content, predicate in CSV:
            with self.subTest(predicate):
                file = self.path / "data.csv"
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
                answer = chainrule("experiment", "tanh(x)", "--data", file)
                self.assertEqual((answer.code, answer.sentence), (2, f"The data file '{file}' {predicate}"))

    def test_two_spirals_are_learned_and_the_seed_decides(self):
        first = self.run_experiment("silu(x)", "--depth", 3, "--width", 32, "--epochs", 100)
        self.assertEqual(first["files"], ["experiment.json", "gradients.png", "gradients.svg", "report.html", "report.md",
                                          "training.png", "training.svg"])
        self.assertEqual(len(first["epochs"]), 100)
        self.assertLess(first["epochs"][0]["test_accuracy"], 0.9)
        self.assertGreater(first["epochs"][-1]["test_accuracy"], 0.95)
        self.assertEqual(len(first["epochs"][0]["log_weight_gradients"]), 4)
        self.assertEqual(len(first["report"].rows("Gradients before training")), 3)
        again = self.run_experiment("silu(x)", "--depth", 3, "--width", 32, "--epochs", 100)
        self.assertEqual(again["epochs"], first["epochs"])
        self.assertEqual(again["layers"], first["layers"])
        other = self.run_experiment("silu(x)", "--depth", 3, "--width", 32, "--epochs", 1, "--seed", 2)
        self.assertNotEqual(other["layers"], first["layers"])

    def test_measured_norms_are_those_predicted(self):
        # Wide networks, few layers: what is left is the spread over 40 networks.
        for words in (["--init", "lecun"], ["--init", "he"], ["--init", "glorot", "--gain", 1.3],
                      ["--init", "critical"], ["--init", "orthogonal"]):
            with self.subTest(words):
                e = self.run_experiment("tanh(x)", "--depth", 6, "--width", 300, "--epochs", 0, "--draws", 40, *words)
                self.assertEqual(e["epochs"], [])
                for layer in e["layers"][1:]:
                    self.assertLess(abs(layer["measured_log_gradient"] - layer["predicted_log_gradient"]), 0.25)

    def test_critical_initialisation(self):
        # relu: He's; tanh: χ = 1 keeps the size over the layers, where lecun loses it.
        relu = self.run_experiment("relu(x)", "--init", "critical", "--depth", 2, "--epochs", 0)
        self.assertAlmostEqual(relu["weight_variance"], 2, places=12)
        self.assertEqual(relu["bias_variance"], 0)
        given = self.run_experiment("tanh(x)", "--init", "critical", "--weight-variance", 1.7, "--bias-variance", 0.2,
                                    "--depth", 2, "--epochs", 0)
        self.assertEqual((given["weight_variance"], given["bias_variance"]), (1.7, 0.2))
        sigmoid = chainrule("experiment", "sigmoid(x)", "--init", "critical")
        self.assertEqual(sigmoid.code, 2)
        self.assertTrue(sigmoid.sentence.startswith(
            "This formula has no critical initialisation at length 1: σ_w² = 22."), sigmoid.sentence)

    def test_formula_that_is_not_finite(self):
        answer = chainrule("experiment", "sqrt(x)", "--depth", 2)
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.sentence.startswith(
            "The random networks leave the domain of the formula: in layer 1 the activation or its slope is not finite "
            "at unit "), answer.sentence)

    def blobs(self):
        """Two well separated classes of three values."""
        numbers = random.Random(1)
        return [([max(0, min(255, round(numbers.gauss(60 + 120 * (i % 2), 20)))) for _ in range(3)], i % 2)
                for i in range(200)]

    def test_csv_with_names_and_idx(self):
        samples = self.blobs()
        csv = self.path / "blobs.csv"
        csv.write_text("a;b;c;class\n" + "".join(";".join(map(str, [*v, c])) + "\n" for v, c in samples))
        images, labels = self.path / "images", self.path / "labels"
        images.write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 200, 3, 1) + bytes(b for v, _ in samples for b in v))
        labels.write_bytes(struct.pack(">4BI", 0, 0, 8, 1, 200) + bytes(c for _, c in samples))
        common = ["tanh(x)", "--depth", 2, "--width", 8, "--epochs", 20, "--init", "lecun"]
        from_csv = self.run_experiment(*common, "--data", csv)
        from_idx = self.run_experiment(*common, "--data", images, "--labels", labels)
        self.assertEqual((from_csv["training_samples"], from_csv["test_samples"]), (160, 40))
        self.assertGreater(from_csv["epochs"][-1]["test_accuracy"], 0.95)
        self.assertEqual(from_idx["epochs"], from_csv["epochs"])
        labels.write_bytes(struct.pack(">4BI", 0, 0, 8, 1, 199) + bytes(199))
        answer = chainrule("experiment", *common, "--data", images, "--labels", labels)
        self.assertEqual((answer.code, answer.sentence),
                         (2, f"The data file '{labels}' does not hold the 200 labels of '{images}'."))

    def test_the_gradient_of_sigmoid_vanishes_by_chi(self):
        e = self.run_experiment("sigmoid(x)", "--init", "lecun", "--depth", 40, "--epochs", 2)
        # Deep inside every layer multiplies by √χ, with χ = E σ'² < 1/16.
        inner = e["layers"][20]
        self.assertLess(inner["chi"], 1 / 16)
        step = inner["predicted_log_gradient"] - e["layers"][21]["predicted_log_gradient"]
        self.assertAlmostEqual(step, 0.5 * math.log(inner["chi"]), places=9)
        self.assertLess(e["layers"][0]["measured_log_gradient"] - e["layers"][-1]["measured_log_gradient"], -50)
        self.assertLess(e["epochs"][-1]["test_accuracy"], 0.7)
