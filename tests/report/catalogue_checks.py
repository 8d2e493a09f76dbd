# SPDX-License-Identifier: BSL-1.0
"""The page of the whole catalogue."""
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
        if cls.answer.code == 0:
            for line in (cls.out / "catalogue.md").read_text().splitlines():
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
        self.assertTrue(self.rows["hard_swish"][4].startswith("1.5 at x = 3, approached from the left"))

    def test_example_values_are_stated(self):
        self.assertIn("(example)", self.rows["affine"][0])
