# SPDX-License-Identifier: BSL-1.0
"""Bad input gets one sentence and exit code 2, and never a file."""
import tempfile
import unittest
from pathlib import Path

from program import chainrule

# What is typed after `report`, and what is answered.
SENTENCES = [
    (["x*("], "The formula cannot be read at position 4: expected a number, a name or '('."),
    (["x**2"], "The formula cannot be read at position 3: expected a number, a name or '('. A power is written with ^, as in x^2."),
    (["log(-1 - x^2)"], "The formula has no value anywhere: it is NaN at all of 20249 numbers from -1e6 to 1e6 that were tried, so there is nothing to report."),
    (["sin(x"], "The formula cannot be read at position 6: expected ')' after the last argument of sin."),
    (["2*x y"], "The formula cannot be read at position 5: expected an operator or the end of the formula."),
    (["é+x"], "The formula cannot be read at position 1: expected a number, a name or '('."),
    (["x*1e999"], "The formula cannot be read at position 8: expected a number within the range of double."),
    (["x == 1 ? 2 : x"], "The formula cannot be read at position 3: expected <, <=, > or >= (formulas have no other comparison)."),
    (["swosh(x)"], "The formula cannot be read at position 1: 'swosh' is not a known function. Did you mean 'swish'?"),
    (["GELU(x)"], "The formula cannot be read at position 1: 'GELU' is not a known function. Did you mean 'gelu'?"),
    (["1 + quux12345(x)"], "The formula cannot be read at position 5: 'quux12345' is not a known function."),
    (["gelu(x)", "--compose", "tahn(x)"], "The formula cannot be read at position 1: 'tahn' is not a known function. Did you mean 'tanh'?"),
    ([""], "The formula is empty."),
    (["x*sigmoid(beta*x)"], "The symbol 'beta' has no value; give it as in beta=1.5 after the formula."),
    (["a*x+b*tanh(c*x)", "b=1"], "The symbols 'a' and 'c' have no value; give them as in a=1.5 c=1.5 after the formula."),
    (["swish(x)", "gamma=2"], "The formula has no symbol 'gamma' to give a value to; besides x it has 'beta'."),
    (["tanh(x)", "beta=2"], "The formula has no symbol 'beta' to give a value to; its only symbol is x."),
    (["swish(x)", "beta=two"], "The value of 'beta' is not a number: 'two'."),
    (["swish(x)", "beta="], "The value of 'beta' is not a number: ''."),
    (["swish(x)", "beta=1e999"], "The value of 'beta' is beyond the range of double."),
    (["swish(x)", "beta=1", "beta=2"], "The symbol 'beta' is given a value twice."),
    (["swish(x)", "x=1"], "x is the input of the formula; it cannot be given a value."),
    (["swish(x)", "gelu(x)"], "'gelu(x)' is not of the form name=value, as in beta=1.5; a second formula goes after --compose."),
    (["3"], "The formula does not depend on x, so it has nothing to report."),
    (["x - x"], "The formula does not depend on x, so it has nothing to report."),
    (["a*x", "a=0"], "With these values the formula does not depend on x."),
    (["gelu(x)", "--depth", "0"], "--depth must be a whole number from 1 to 10000, not '0'."),
    (["gelu(x)", "--depth", "-3"], "--depth must be a whole number from 1 to 10000, not '-3'."),
    (["gelu(x)", "--depth", "7.5"], "--depth must be a whole number from 1 to 10000, not '7.5'."),
    (["gelu(x)", "--input", "/nonexistent/x.npy"], "The input file '/nonexistent/x.npy' does not exist."),
    (["gelu(x)", "--input", "/"], "The input '/' is a directory, not a file."),
]


class Refusals(unittest.TestCase):
    maxDiff = None

    def test_sentences(self):
        for words, sentence in SENTENCES:
            with self.subTest(words), tempfile.TemporaryDirectory() as directory:
                out = Path(directory) / "out"
                answer = chainrule("report", *words, "--out", out)
                self.assertEqual(answer.sentence, sentence)
                self.assertEqual(answer.code, 2)
                self.assertEqual(answer.out, "")
                self.assertFalse(out.exists())

    def test_caret_points_at_the_position(self):
        answer = chainrule("report", "tanh(x) +* 2")
        lines = answer.err.splitlines()
        self.assertIn("at position 10:", lines[0])
        self.assertEqual(lines[2], "    tanh(x) +* 2")
        self.assertEqual(lines[3].index("^") - 4, 9)

    def test_conflicting_defaults(self):
        answer = chainrule("report", "elu(leaky_relu(x))")
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.sentence.startswith("The symbol 'alpha' has two different defaults in this formula;"))

    def test_command_line(self):
        for words, sentence in [
            (["frobnicate"], "'frobnicate' is not a command; the commands are report, experiment and catalogue."),
            (["report"], "FORMULA is required. See chainrule --help."),
            (["report", "x", "--frob"], "The following argument was not expected: --frob. See chainrule --help."),
        ]:
            with self.subTest(words):
                answer = chainrule(*words)
                self.assertEqual((answer.code, answer.sentence, answer.out), (2, sentence, ""))

    def test_help_says_which_formula_is_inner(self):
        for words in (["--help"], ["report", "--help"]):
            answer = chainrule(*words)
            self.assertEqual(answer.code, 0)
            self.assertIn("f2(f1(x))", answer.out)

    def test_no_compiler(self):
        answer = chainrule("report", "gelu(x)", CXX=None, PATH="/nonexistent")
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.sentence.startswith("No C++ compiler was found: none of c++, g++ and clang++"))
        answer = chainrule("report", "gelu(x)", CXX="no-such-compiler")
        self.assertEqual((answer.code, answer.sentence),
                         (2, "The compiler that CXX names, 'no-such-compiler', was not found."))
        answer = chainrule("report", "gelu(x)", CXX="/bin/false")
        self.assertEqual((answer.code, answer.sentence),
                         (2, "'/bin/false' does not answer to --version like a C++ compiler."))

    def test_failed_compilation_names_the_log(self):
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "out"
            answer = chainrule("report", "gelu(x)", "--out", out, CXX="g++ -include /nonexistent.h",
                               XDG_CACHE_HOME=directory)
            self.assertEqual(answer.code, 2)
            self.assertFalse(out.exists())
            log = answer.sentence.split("what it said is in '")[1].split("'")[0]
            self.assertIn("nonexistent.h", Path(log).read_text())
            self.assertNotIn("fatal error", answer.err)

    def test_no_headers(self):
        answer = chainrule("report", "gelu(x)", CHAINRULE_INCLUDE="/nonexistent")
        self.assertEqual((answer.code, answer.sentence), (
            2, "CHAINRULE_INCLUDE names '/nonexistent', where there is no chainrule/chainrule.hpp."))

    def test_output_directory(self):
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "file"
            file.write_text("here first")
            answer = chainrule("report", "gelu(x)", "--out", file)
            self.assertEqual((answer.code, answer.sentence), (2, f"The output directory '{file}' is a file."))
            self.assertEqual(file.read_text(), "here first")
            answer = chainrule("report", "gelu(x)", "--out", file / "below")
            self.assertEqual(answer.code, 2)
            self.assertTrue(answer.sentence.startswith(f"The output directory '{file}/below' cannot be written"))

    def test_no_gnuplot(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "g++").symlink_to("/usr/bin/g++")
            out = Path(directory) / "out"
            answer = chainrule("report", "gelu(x)", "--out", out, CXX="g++", PATH=directory)
            self.assertEqual(answer.code, 2)
            self.assertTrue(answer.sentence.startswith("gnuplot, which draws the pictures of --out, was not found."))
            self.assertFalse(out.exists())
