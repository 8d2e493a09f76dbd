# SPDX-License-Identifier: BSL-1.0
"""The page of the whole catalogue."""
import json
import os
import re
import tempfile
import unittest
from pathlib import Path

from picture_checks import Page
from program import chainrule

# Published means under N(0,1): name, E f, E f'^2 (anchors/catalogue.csv).
PUBLISHED = """
identity 0 1
relu 0.3989423 0.500000
leaky_relu 0.3949529 0.500050
relu6 0.3989423 0.500000
hard_tanh 0 0.682689
thresholded_relu 0.2419707 0.158655
hard_sigmoid 0.5 0.027703
hard_swish 0.1662167 0.358532
hard_shrink 0 0.617075
soft_shrink 0 0.617075
sparse_sigmoid 0.5 0.170672
abs 0.7978846 1
elu 0.1605206 0.668102
selu 0 1.071575
celu 0.1605206 0.668102
sigmoid 0.5 0.044836
log_sigmoid -0.8060592 0.293379
silu 0.2066210 0.379482
mish 0.2404039 0.479084
softplus 0.8060592 0.293379
tanh 0 0.464403
tanh_shrink 0 0.252992
softsign 0 0.227671
squareplus 1.1093055 0.289315
sparse_plus 0.4623301 0.379015
gelu 0.2820948 0.455851
gelu_tanh 0.2820386 0.455818
gelu_quick 0.2823306 0.449549
erf 0 0.569410
"""


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.out = Path(cls.directory.name) / "catalogue"
        cls.answer = chainrule("catalogue", "--out", cls.out)
        cls.rows = {}
        cls.scores = {}
        cls.claims = {}
        if cls.answer.code == 0:
            title = ""
            for line in (cls.out / "catalogue.md").read_text().splitlines():
                title = line[3:] if line.startswith("## ") else title
                cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
                if title == "Scorecard" and cells:
                    cls.scores[cells[0]] = cells[1:]
                if title == "Claims" and cells:
                    cls.claims[cells[0]] = cells[1:]
                name = re.match(r"\| (\w+)(<br>| \| !)", line)
                if name:
                    cells = re.split(r"(?<!\\)\|", line)[1:-1]
                    cls.rows[name[1]] = [cell.strip() for cell in cells]

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_it_succeeds(self):
        self.assertEqual(self.answer.code, 0, self.answer.err)

    def test_published_means(self):
        for line in PUBLISHED.split("\n")[1:-1]:
            name, mean, squared_slope = line.split()
            with self.subTest(name):
                row = self.rows[name]
                self.assertAlmostEqual(float(row[5]), float(mean), delta=6e-8)
                self.assertAlmostEqual(float(row[6]), float(squared_slope), delta=6e-7)

    def test_every_row_has_its_pictures_and_cells(self):
        page = Page((self.out / "index.html").read_text())
        self.assertNotIn("<img", page.text)
        for name, row in self.rows.items():
            with self.subTest(name):
                self.assertEqual(len(row), 9)
                self.assertTrue(all(row))
                for kind in ("svg", "png"):
                    self.assertGreater((self.out / "pictures" / f"{name}.{kind}").stat().st_size, 1000)
                row = page.root.find(f".//tr[@id='{name}']")
                self.assertEqual(len(row.findall("td/svg")), 1)
                self.assertEqual(row.find("td/svg").get("aria-label"), name)
        self.assertEqual(len(list((self.out / "pictures").iterdir())), 2 * len(self.rows))
        self.assertGreaterEqual(len(self.rows), 50)

    def test_verdicts_and_kinks(self):
        self.assertEqual(self.rows["identity"][7], "preserved")
        self.assertEqual(self.rows["sigmoid"][7], "vanishes")
        self.assertEqual(self.rows["exponential"][7], "explodes")
        self.assertEqual(self.rows["gelu"][7], "typically vanishes")
        self.assertEqual(self.rows["hard_swish"][3], "-3: 0 / -0.5; 3: 1.5 / 1")
        self.assertEqual(self.rows["tanh"][3], "none")
        self.assertTrue(self.rows["hard_swish"][4].startswith("1.5 at x = 3 (limit from one side)"))

    def test_example_values_are_stated(self):
        self.assertIn("(example)", self.rows["affine"][0])

    def test_scorecard(self):
        score = dict(zip(self.scores["activation"], zip(*(self.scores[name] for name in self.rows))))
        names = list(self.rows)
        def cell(name, column):
            return score[column][names.index(name)]
        self.assertEqual(cell("relu", "dead zone"), "50.00 %")
        self.assertEqual(cell("leaky_relu", "dead zone"), "none")
        self.assertEqual(cell("tanh", "zero-centred"), "yes")
        self.assertEqual(cell("sigmoid", "zero-centred"), "no: 0.5")
        self.assertEqual(cell("relu", "differentiable"), "C⁰, 1 kink")
        self.assertEqual(cell("elu", "differentiable"), "C¹")
        self.assertEqual(cell("gelu", "differentiable"), "smooth")
        self.assertEqual(cell("hard_shrink", "differentiable"), "2 jumps")
        self.assertEqual(cell("tanh", "saturates"), "both sides")
        self.assertEqual(cell("relu", "saturates"), "left")
        self.assertEqual(cell("relu6", "values"), "0 … 6")
        self.assertEqual(cell("gelu", "monotone"), "no")
        self.assertEqual(cell("sigmoid", "monotone"), "rises")
        # E relu'^2 = 1/2: ln 10/ln 2 layers.
        self.assertEqual(cell("relu", "a factor of 10 in layers"), "3.32 ÷10")
        # ln |(tanh^1000)'(0.5)| = -7.70976
        self.assertTrue(cell("tanh", "1000 layers from 0.5").startswith("0.000448"))
        for column in ("ns f", "ns backward"):
            for value in score[column]:
                self.assertGreater(float(value), 0)

    def test_claims_carry_the_numbers(self):
        self.assertEqual(len(self.claims), 14)  # with the header and the line below it
        wrong = self.claims["sigmoid is 2/(1 + e^−x), between 0 and 1"]
        self.assertEqual(wrong[0], "wrong")
        self.assertIn("between 0 and 2", wrong[1])
        chain = next(cells for claim, cells in self.claims.items() if "0.25^n" in claim)
        self.assertEqual(chain[0], "only partly")
        for number in ("0.058959", "0.0134306", "3.90127e-07"):
            self.assertIn(number, chain[1])
        # f2(1) f1'(1) and f2'(f1(1)) f1'(1) for sigmoid, then tanh, by mpmath.
        rule = next(cells for claim, cells in self.claims.items() if claim.startswith("(f₂(f₁(x)))′"))
        self.assertIn("0.149738", rule[1])
        self.assertEqual(rule[1].count("0.120126"), 2)

    def test_the_page_of_claims_has_the_same_rows(self):
        page = Path(__file__).parents[2] / "docs" / "explanation" / "claims.md"
        text = page.read_text()
        body = (self.out / "catalogue.md").read_text().split("\n## Claims\n")[1].split("\n## ")[0]
        # What costs how much is another on every machine.
        table = [row for row in body.splitlines() if row.startswith("|") and not row.startswith("| ReLU is cheap")]
        head, _, rest = text.partition("\n|")
        tail = rest[rest.rfind("|\n") + 2:]
        expected = head + "\n" + "\n".join(table) + "\n" + tail
        if os.environ.get("CHAINRULE_WRITE_DOCS") and text != expected:
            page.write_text(expected)
            text = expected
        self.maxDiff = None
        self.assertEqual(text, expected, f"{page}: if this is wanted, CHAINRULE_WRITE_DOCS=1 renews the page")

    def test_json_has_every_row(self):
        rows = json.loads((self.out / "catalogue.json").read_text())
        self.assertEqual({row["name"] for row in rows}, set(self.rows))
        for row in rows:
            with self.subTest(row["name"]):
                self.assertIn("report", row)
                self.assertLessEqual(row["operations"][0], row["operations"][1] + 2)
