# SPDX-License-Identifier: BSL-1.0
"""--input, and the files that are written."""
import array
import math
import random
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import program
from oracle import sigmoid
from picture_checks import PICTURES
from program import chainrule, report

SECTION = "On the given input"


def npy(descr, data, shape, version=(1, 0), fortran=False):
    """The bytes of a .npy file."""
    header = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"
    size_bytes = 2 if version[0] == 1 else 4
    padding = -(len(header) + 1 + 8 + size_bytes) % 64
    header += " " * padding + "\n"
    return (b"\x93NUMPY" + bytes(version) + struct.pack("<H" if size_bytes == 2 else "<I", len(header)) +
            header.encode() + data)


def floats(code, values):
    return array.array(code, values).tobytes()


class Input(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def file(self, name, content):
        path = Path(self.directory.name) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def check(self, path, values, f, df, found=None):
        found = found or report("swish(x)", "--input", path)
        count = len(values)
        slopes = [abs(df(x)) for x in values]
        for name, expected in [
            ("mean of x", math.fsum(values) / count),
            ("mean output", math.fsum(map(f, values)) / count),
            ("mean |f′|", math.fsum(slopes) / count),
        ]:
            self.assertAlmostEqual(found.number(SECTION, name), expected, delta=3e-7 * (1 + abs(expected)), msg=name)
        self.assertEqual(found.value(SECTION, "count").replace(" ", ""), str(count))
        return found

    def test_a_million_numbers(self):
        random.seed(7)
        values = [random.gauss(0.3, 2) for _ in range(1_000_000)]
        f = lambda x: x * sigmoid(x)
        df = lambda x: sigmoid(x) * (1 + x * sigmoid(-x))
        path = self.file("normal.txt", "\n".join(map(repr, values)) + "\n")
        found = self.check(path, values, f, df)
        self.assertEqual(found.value(SECTION, "data"), "text, one number per line")
        path = self.file("normal.npy", npy("<f8", floats("d", values), (1000, 1000)))
        found = self.check(path, values, f, df)
        self.assertEqual(found.value(SECTION, "data"), "float64 array of shape (1000, 1000)")
        path = self.file("normal32.npy", npy("<f4", floats("f", values), (10, 100, 1000), version=(2, 0)))
        found = self.check(path, list(array.array("f", values)), f, df)
        self.assertEqual(found.value(SECTION, "data"), "float32 array of shape (10, 100, 1000)")

    def test_dead_and_saturated(self):
        values = [-1.0, -2.0, -0.5, 3.0, 5.0, 0.25, 7.0, 0.0]
        path = self.file("few.npy", npy("<f4", floats("f", values), (8,), version=(3, 0)))
        found = report("relu(x)", "--input", path)
        self.assertEqual(found.value(SECTION, "dead (f′ = 0)"), "50.00 %")
        self.assertEqual(found.value(SECTION, "saturated (|f′| < 0.001)"), "50.00 %")
        found = report("tanh(x)", "--input", path)  # sech²(5) = 1.8e-4, sech²(3) = 9.9e-3
        self.assertEqual(found.value(SECTION, "dead (f′ = 0)"), "0 %")
        self.assertEqual(found.value(SECTION, "saturated (|f′| < 0.001)"), "25.00 %")
        self.assertEqual(found.value(SECTION, "range of x"), "-2 … 7")

    def test_text_forms(self):
        path = self.file("forms.txt", "# a comment\n  1.5\n\n-2e-1\r\n+3\n.5")
        found = report("x", "--input", path)
        self.assertEqual(found.value(SECTION, "count"), "4")
        self.assertAlmostEqual(found.number(SECTION, "mean of x"), 1.2, delta=1e-9)

    def test_undefined_outputs_are_counted(self):
        path = self.file("signed.txt", "1\n-1\n4\n")
        found = report("sqrt(x)", "--input", path)
        self.assertIn("f or f′ is undefined for 1 of the numbers, first at x = -1", found.section(SECTION))
        self.assertAlmostEqual(found.number(SECTION, "mean output"), 1.5, delta=1e-9)

    def test_refusals(self):
        eight = floats("d", [1.0])
        cases = [
            ("a.npy", npy("<i8", eight, (1,)),
             "holds int64 (dtype '<i8'); only float32 and float64 are read: save array.astype('float32')."),
            ("a.npy", npy("|b1", b"\1", (1,)),
             "holds bool (dtype '|b1'); only float32 and float64 are read: save array.astype('float32')."),
            ("a.npy", npy("<f2", b"\0\0", (1,)),
             "holds float16 (dtype '<f2'); only float32 and float64 are read: save array.astype('float32')."),
            ("a.npy", npy(">f8", eight, (1,)),
             "holds big-endian float64 (dtype '>f8'); only little-endian float32 and float64 are read: "
             "save array.astype('<f8')."),
            ("a.npy", npy([("x", "<f4")], b"\0" * 4, (1,)),
             "holds a structured dtype; only float32 and float64 are read."),
            ("a.npy", npy("<f8", eight, (3,)), "ends after 1 of the 3 numbers that its header announces."),
            ("a.npy", npy("<f8", b"", (0, 3)), "holds an array without numbers."),
            ("a.npy", npy("<f8", eight, (1,), version=(9, 0)), "has .npy format version 9; versions 1 to 3 are read."),
            ("a.npy", b"\x93NUMPY\x01\x00\xff\xff{'descr'", "has a broken .npy header."),
            ("a.npy", "1\n2\n", "is named .npy but is not a NumPy array."),
            ("a.npz", b"PK\x03\x04rest", "is a zip or .npz archive; save one array with numpy.save."),
            ("a.npy", npy("<f4", floats("f", [1, 2, math.nan, 4]), (2, 2)),
             "holds a NaN at index 2; statistics need finite numbers."),
            ("a.npy", npy("<f8", floats("d", [1, -math.inf]), (2,)),
             "holds an infinite number at index 1; statistics need finite numbers."),
            ("a.txt", "1\n2\nnan\n4\n", "holds a NaN in line 3; statistics need finite numbers."),
            ("a.txt", "1\n\n# c\ninf\n", "holds an infinite number in line 4; statistics need finite numbers."),
            ("a.txt", "1\n2 3\n", "has no single number in line 2: '2 3'."),
            ("a.txt", "1\nabc\n", "has no single number in line 2: 'abc'."),
            ("a.txt", "1e999\n", "has a number beyond the range of double in line 1: '1e999'."),
            ("a.txt", "", "is empty."),
            ("a.txt", "\n# nothing\n", "holds no numbers."),
        ]
        for name, content, predicate in cases:
            with self.subTest(predicate):
                path = self.file(name, content)
                out = Path(self.directory.name) / "out"
                answer = chainrule("report", "gelu(x)", "--input", path, "--out", out)
                self.assertEqual(answer.sentence, f"The input file '{path}' {predicate}")
                self.assertEqual((answer.code, answer.out), (2, ""))
                self.assertFalse(out.exists())


class Files(unittest.TestCase):
    NAMES = sorted([f"{name}.{kind}" for name in PICTURES for kind in ("png", "svg")] +
                   ["report.html", "report.json", "report.md"])

    def test_files(self):
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "a" / "b"
            answer = chainrule("report", "gelu(x)", "--out", out)
            self.assertEqual(answer.code, 0, answer.err)
            self.assertEqual(sorted(p.name for p in out.iterdir()), self.NAMES)
            for name in self.NAMES:
                data = (out / name).read_bytes()
                if name.endswith(".png"):
                    self.assertTrue(data.startswith(b"\x89PNG\r\n\x1a\n") and data.endswith(b"IEND\xaeB`\x82"))
                elif name.endswith(".svg"):
                    self.assertTrue(data.rstrip().endswith(b"</svg>"))
            # Again over the old files; a stranger's file stays.
            (out / "mine.txt").write_text("mine")
            answer = chainrule("report", "tanh(x)", "--out", out)
            self.assertEqual(answer.code, 0, answer.err)
            self.assertEqual(sorted(p.name for p in out.iterdir()), sorted([*self.NAMES, "mine.txt"]))
            self.assertTrue((out / "report.md").read_text().startswith("# tanh(x)\n"))

    def test_terminal_says_what_the_file_says(self):
        found = report("gelu(x)")
        self.assertEqual(found.files, self.NAMES)
        for text in (found.formula("f′(x)"), found.value("Values", "sup |f′|"), "Throughput", "Kinks"):
            self.assertIn(text, found.terminal)

    def test_without_out_nothing_is_written(self):
        with tempfile.TemporaryDirectory() as directory:
            answer = chainrule("report", "gelu(x)", cwd=directory)
            self.assertEqual(answer.code, 0, answer.err)
            self.assertEqual(list(Path(directory).iterdir()), [])

    def test_failure_leaves_the_directory_as_it_was(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "bad.txt").write_text("1\nnan\n")
            Path(directory, "report.md").write_text("old")
            answer = chainrule("report", "gelu(x)", "--input", f"{directory}/bad.txt", "--out", directory)
            self.assertEqual(answer.code, 2)
            self.assertEqual(sorted(p.name for p in Path(directory).iterdir()), ["bad.txt", "report.md"])
            self.assertEqual(Path(directory, "report.md").read_text(), "old")

    def test_second_time_comes_from_the_cache(self):
        chainrule("report", "gelu(x)")
        answer = chainrule("report", "gelu(x)")
        self.assertIn("found in the cache", answer.err)
        # Another value is another formula.
        self.assertNotIn("found in the cache", chainrule("report", f"x*{random.random()}").err)

    def test_spoiled_cache_is_repaired(self):
        with tempfile.TemporaryDirectory() as cache:
            self.assertEqual(chainrule("report", "tanh(x)", XDG_CACHE_HOME=cache).code, 0)
            (module,) = Path(cache, "chainrule").iterdir()
            module.write_bytes(b"not a shared object")
            self.assertEqual(chainrule("report", "tanh(x)", XDG_CACHE_HOME=cache).code, 0)

    def test_interruption_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "out"
            running = subprocess.Popen(
                ["timeout", "-s", "INT", "1", program.PROGRAM, "report", f"x*tanh({random.random()}*x)", "--out", out],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            err = running.communicate()[1].decode()
            self.assertIn("Interrupted; nothing was written.", err)
            self.assertFalse(out.exists())
