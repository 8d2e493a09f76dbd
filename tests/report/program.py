# SPDX-License-Identifier: BSL-1.0
"""Running the program `chainrule`, and reading the report it writes."""
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

PROGRAM = None  # set by check_report.py


class Answer:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    @property
    def sentence(self):
        """What stands after "chainrule: " on stderr, up to an empty line."""
        at = self.err.find("chainrule: ")
        return self.err[at + len("chainrule: "):].split("\n\n")[0].strip() if at >= 0 else ""


def chainrule(*words, cwd=None, **environment):
    """Runs the program; environment variables by name, None takes one away."""
    variables = dict(os.environ)
    for name, value in environment.items():
        variables.pop(name, None)
        if value is not None:
            variables[name] = str(value)
    done = subprocess.run(
        [PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=variables,
        cwd=cwd,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


class Report:
    """report.md as sections, tables and formulas."""

    def __init__(self, text):
        self.text = text
        self.title = text.splitlines()[0].removeprefix("# ")
        self.sections = {}
        for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
            title, _, body = part.partition("\n")
            self.sections[title] = body

    def section(self, start):
        return next(body for title, body in self.sections.items() if title.startswith(start))

    def rows(self, start):
        """The rows of the table of a section, without header and rule."""
        lines = [line for line in self.section(start).splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]

    def value(self, section, name):
        """The cell beside a name; escaped bars count as bars."""
        for row in self.rows(section):
            if row[0].replace("\\|", "|") == name:
                return row[1]
        raise KeyError(name)

    def number(self, section, name):
        return float(self.value(section, name).split()[0])

    def formula(self, label):
        """The last formula with this label: the one in x alone."""
        found = re.findall(rf"^```\n{re.escape(label)} = (.*)\n```$", self.text, re.MULTILINE)
        return found[-1]


def report(*words, **environment):
    """The report of a formula, which must succeed."""
    with tempfile.TemporaryDirectory(prefix="chainrule_report_") as directory:
        answer = chainrule("report", *words, "--out", directory, **environment)
        if answer.code != 0:
            raise AssertionError(f"{words}: exit code {answer.code}: {answer.err}")
        result = Report((Path(directory) / "report.md").read_text())
        result.terminal = answer.out
        result.json = json.loads((Path(directory) / "report.json").read_text())
        result.files = sorted(p.name for p in Path(directory).iterdir())
        return result
