# SPDX-License-Identifier: BSL-1.0
"""report.html, and the curves that are drawn, read back from their SVG files."""
import math
import re
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from program import chainrule

SVG = "{http://www.w3.org/2000/svg}"
# The colours of the curves, as tools/report/palette.hpp has them.
FIRST, SECOND = "rgb( 27,  79, 138)", "rgb(217, 102,  11)"
PICTURES = ["chain", "correlation", "edge", "function", "gradients", "phases"]


class Page:
    """The HTML page of a report."""

    def __init__(self, text):
        self.text = text
        self.root = xml.fromstring(text.removeprefix("<!DOCTYPE html>"))

    def all(self, tag):
        return list(self.root.iter(tag))

    def attributes(self, name):
        return [e.attrib[name] for e in self.root.iter() if name in e.attrib]


class Drawing:
    """An SVG file of gnuplot with its axes."""

    def __init__(self, path):
        self.root = xml.parse(path).getroot()
        self.x = self.axis("middle", 0)
        self.y = self.axis("end", 1)

    def axis(self, anchor, which):
        """The numbers beside an axis (of powers of ten: the exponents): from pixels to values."""
        found = []
        for group in self.root.iter(f"{SVG}g"):
            place = re.match(r"translate\(([-\d.]+),([-\d.]+)\)$", group.get("transform", ""))
            parts = [(t.text or "").strip().replace("−", "-") for t in group.iter(f"{SVG}tspan")]
            text = parts[1] if parts[:1] == ["10"] and len(parts) > 1 else "".join(parts)
            if place and group.get("text-anchor") == anchor and re.fullmatch(r"-?[\d.]+", text):
                found.append((float(place[which + 1]), float(text)))
        found.sort()
        (a, low), (b, high) = found[0], found[-1]
        # Labels of y stand a third of their height below the tic.
        shift = 14 * 0.325 if which == 1 else 0
        return lambda pixel: low + (pixel + shift - a) * (high - low) / (b - a)

    def curve(self, colour):
        """The line of a colour as points; the piece of two points is in the key."""
        result = []
        for path in self.root.iter(f"{SVG}path"):
            if path.get("stroke") != colour:
                continue
            for piece in path.get("d").split("M")[1:]:
                pairs = re.findall(r"([-\d.]+),([-\d.]+)", piece)
                if len(pairs) > 2:
                    result += [(self.x(float(x)), self.y(float(y))) for x, y in pairs]
        return result


def between(points, at):
    """y at this x, between the points."""
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        if min(x1, x2) <= at <= max(x1, x2) and x1 != x2:
            return y1 + (at - x1) * (y2 - y1) / (x2 - x1)
    raise AssertionError(f"the curve does not reach {at}")


class Pictures(unittest.TestCase):
    def draw(self, *words):
        directory = tempfile.TemporaryDirectory(prefix="chainrule_pictures_")
        self.addCleanup(directory.cleanup)
        out = Path(directory.name)
        answer = chainrule("report", *words, "--out", out)
        self.assertEqual(answer.code, 0, answer.err)
        self.check_page((out / "report.html").read_text())
        return out

    def check_page(self, text):
        """Well-formed, nothing from outside, every link leads somewhere."""
        page = Page(text)
        for forbidden in ("http:", "https:", "url(", "@import", "<script", "<link", "<img", "<iframe"):
            self.assertNotIn(forbidden, text)
        self.assertEqual(page.attributes("src"), [])
        names = page.attributes("id")
        self.assertEqual(len(names), len(set(names)))
        for target in page.attributes("href"):
            self.assertTrue(target.startswith("#") and target[1:] in names, target)
        self.assertGreaterEqual(len(page.all("nav")[0].findall(".//a")), 6)
        self.assertEqual(len(page.all("nav")[0].findall(".//a")), len(page.all("h2")))
        self.assertIn("prefers-color-scheme: dark", text)
        for svg in page.all("svg"):
            self.assertIn("viewBox", svg.attrib)
            self.assertNotIn("width", svg.attrib)
            for part in svg.iter():
                for attribute in ("fill", "stroke", "color"):
                    # No colour of paper on a dark screen.
                    self.assertIn(part.get(attribute, "none").split("(")[0],
                                  ("none", "currentColor", "var"))
        return page

    def caption(self, out, start):
        page = Page((out / "report.html").read_text())
        return next(c for c in ("".join(f.itertext()) for f in page.all("figcaption")) if c.startswith(start))

    def test_page_with_all_pictures(self):
        out = self.draw("tanh(x)")
        page = Page((out / "report.html").read_text())
        self.assertEqual(len(page.all("svg")), len(PICTURES))
        self.assertEqual(len(page.all("figcaption")), len(PICTURES))
        self.assertIn("x<sub>k</sub> = f(x<sub>k−1</sub>)", page.text)
        self.assertIn("xₖ = f(xₖ₋₁)", (out / "report.md").read_text())
        self.assertEqual(sorted(p.stem for p in out.glob("*.svg")), PICTURES)
        self.assertEqual(sorted(p.stem for p in out.glob("*.png")), PICTURES)
        for path in out.glob("*.svg"):
            xml.parse(path)
        # σ_w² = 1.304146² at σ_b² = 0.04 (recomputed from Hayou et al. 2019), and 1 where q → 0.
        edge = [(b, w) for w, b in Drawing(out / "edge.svg").curve(FIRST)]
        self.assertAlmostEqual(between(edge, 0.04), 1.304146**2, delta=0.01)
        self.assertAlmostEqual(edge[0][1], 1, delta=0.01)
        # q = 1, by mpmath: E tanh² = 0.394294490397841, E tanh′² = 0.464402902448268.
        self.assertAlmostEqual(between(edge, 1 - 0.394294490397841 / 0.464402902448268),
                               1 / 0.464402902448268, delta=0.005)
        # In the phase diagram the ordered phase ends there, first in the drawing, then in the key.
        ordered = re.search(r"polygon fill = 'rgb\(207, 224, 242\)' points = '([^']*)'",
                            (out / "phases.svg").read_text())
        drawing = Drawing(out / "phases.svg")
        outline = [(drawing.x(float(x)), drawing.y(float(y)))
                   for x, y in (pair.split(",") for pair in ordered[1].split())]
        right = [(b, w) for w, b in outline if w > 0.99 + b / 2 and w < 0.99 * drawing.x(580)]
        self.assertAlmostEqual(between(right, 0.04), 1.304146**2, delta=0.02)
        self.assertIn("C′(1) = 1.17781", self.caption(out, "C-map"))
        # Saturated from |x| = arcosh √1000 on: two rectangles, and a third in the key.
        shaded = re.findall(r"polygon fill = 'rgb\(244, 232, 218\)' points = '([\d.]+),\S+ ([\d.]+),",
                            (out / "function.svg").read_text())
        self.assertEqual(len(shaded), 3)
        drawing = Drawing(out / "function.svg")
        for pixel, x in ((shaded[0][1], -1), (shaded[1][0], 1)):
            self.assertAlmostEqual(drawing.x(float(pixel)), x * math.acosh(math.sqrt(1000)), delta=0.02)

    def test_relu(self):
        out = self.draw("max(x, 0)")
        self.assertIn("the one point σw² = 2, σb² = 0", self.caption(out, "Edge of chaos"))
        # The arc-cosine kernel (Cho and Saul 2009).
        for c, value in Drawing(out / "correlation.svg").curve(FIRST):
            c = max(-1, min(1, c))
            published = (math.sqrt(1 - c * c) + (math.pi - math.acos(c)) * c) / math.pi
            self.assertAlmostEqual(value, published, delta=0.01)

    def test_what_cannot_be_drawn_is_said(self):
        out = self.draw("x < 0 ? 0 : 1")
        self.assertIn("f jumps", self.caption(out, "No picture of the edge"))
        self.assertIn("f jumps", self.caption(out, "No phase diagram"))
        self.assertIn("exactly 0", self.caption(out, "No picture of random networks"))
        self.assertEqual(sorted(p.stem for p in out.glob("*.svg")), ["chain", "correlation", "function"])
        page = Page((out / "report.html").read_text())
        self.assertEqual(page.all("h1")[0].text, "x < 0 ? 0 : 1")
        out = self.draw("log(x)")
        for start in ("No picture of the edge", "No phase", "No picture of the C-map", "No picture of random"):
            self.assertIn("f is undefined", self.caption(out, start))
        out = self.draw("softplus(x)")
        self.assertIn("No network has χ₁ = 1", self.caption(out, "Edge of chaos"))
        self.assertIn("No critical initialisation", self.caption(out, "Gradient norms"))

    def test_sigmoid_has_an_edge_far_out(self):
        # Only for q ≥ 45.62, σ_w² ≥ 103.0; q = 54 by mpmath.
        out = self.draw("sigmoid(x)")
        self.assertRegex(self.caption(out, "Edge of chaos"), r"lengths q ≥ 45\.62\b")
        edge = [(b, w) for w, b in Drawing(out / "edge.svg").curve(FIRST)]
        self.assertAlmostEqual(between(edge, 3.98338516854398), 111.826989372574, delta=0.3)

    def test_measured_gradients_are_those_predicted(self):
        # relu with σ_w² = 1 loses a factor √2 per layer, by theory exactly.
        out = self.draw("relu(x)", "--depth", "30")
        drawing = Drawing(out / "gradients.svg")
        line = drawing.curve(SECOND)
        self.assertEqual((round(line[0][0]), round(line[-1][0])), (1, 30))
        self.assertAlmostEqual(line[-1][1] - line[0][1], 29 * math.log10(math.sqrt(2)), delta=0.05)
        # Eight networks of width 100: the points lie within a third of a decade of it.
        svg = (out / "gradients.svg").read_text()
        points = re.findall(r"<use xlink:href='#gpPt6' transform='translate\(([\d.]+),([\d.]+)\) scale"
                            r"\([\d.]+\)' color='rgb\(217, 102,  11\)'", svg)
        self.assertGreaterEqual(len(points), 30)
        for x, y in points[:30]:
            layer = drawing.x(float(x))
            self.assertAlmostEqual(drawing.y(float(y)), between(line, min(30, max(1, layer))), delta=0.33)
