#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles a test case and judges the compiler's answer.

    --must-compile FILE   the file compiles
    --must-fail FILE      the file is refused with every sentence it announces in lines
                          `// expected-error: sentence`, and compiles with -DFIXED
    --precompile HEADER   compiles a header that many cases begin with: HEADER.gch, and HEADER.d for ninja
    --self-test           the judge itself is judged: what must be detected is detected

The lines with the expected sentences are blanked before compiling: a compiler that quotes the
source would otherwise find them for us.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EXPECTED = re.compile(r"^\s*// expected-error:[ \t]*(.*?)\s*$", re.MULTILINE)


def one_line(text):
    """Compilers wrap lines and differ in quotes; sentences are compared without either."""
    for quote in "‘’“”`":
        text = text.replace(quote, "'")
    return " ".join(text.split())


def is_fresh(header):
    """Whether HEADER.gch is younger than all it was made from: else cases go without it."""
    made, list_of_sources = Path(f"{header}.gch"), Path(f"{header}.d")
    if not made.exists() or not list_of_sources.exists():
        return False
    sources = list_of_sources.read_text().replace("\\\n", " ").split(": ", 1)[-1].split()
    age = made.stat().st_mtime
    return all(os.path.exists(s) and os.stat(s).st_mtime <= age for s in sources)


class Compiler:
    def __init__(self, path, options_file, precompiled=None):
        self.basic_command = [path]
        if options_file:
            self.basic_command += [o for o in Path(options_file).read_text().splitlines() if o]
        # A case is judged by the sentences it draws, never by our own warnings; and all of them.
        self.basic_command += ["-w"]
        self.command = [*self.basic_command, "-fsyntax-only", "-fmessage-length=0"]
        if precompiled and is_fresh(precompiled):
            # The compiler takes the precompiled form beside the header.
            self.command += ["-include", str(precompiled)]
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
        if "clang" in version.stdout:
            self.command += ["-ferror-limit=0", "-ftemplate-backtrace-limit=0"]
        self.environment = dict(os.environ, LC_ALL="C.UTF-8")

    def precompile(self, header):
        """Writes the precompiled header and its dependencies; the complaint, if any."""
        output = f"{header}.gch"
        dependencies = ["-MD", "-MT", output, "-MF", f"{header}.d"]
        answer = subprocess.run(
            [*self.basic_command, "-x", "c++-header", str(header), "-o", output, *dependencies],
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        return [] if answer.returncode == 0 else [f"{header} does not compile:\n{answer.stdout}"]

    def compile(self, name, source, *extra):
        """True or False, and what the compiler said."""
        with tempfile.TemporaryDirectory(prefix="chainrule_case_") as directory:
            case = Path(directory) / name
            case.write_text(source)
            answer = subprocess.run(
                [*self.command, *extra, str(case)],
                capture_output=True,
                text=True,
                errors="replace",
                env=self.environment,
            )
        return answer.returncode == 0, answer.stdout + answer.stderr


def judge_must_compile(compiler, name, text):
    """The complaints about a case that must compile; none if all is well."""
    compiled, said = compiler.compile(name, text)
    return [] if compiled else [f"{name} does not compile:\n{said}"]


def judge_must_fail(compiler, name, text):
    """The complaints about a case that must be refused; none if all is well."""
    sentences = EXPECTED.findall(text)
    if not sentences or not all(sentences):
        return [f"{name} announces no sentence: write `// expected-error: the sentence`."]
    if not re.search(r"^\s*#\s*if.*\bFIXED\b", text, re.MULTILINE):
        return [f"{name} has no legal twin: write the repaired code under `#ifdef FIXED`."]
    source = EXPECTED.sub("", text)

    complaints = []
    compiled, said = compiler.compile(name, source)
    if compiled:
        complaints.append(f"{name} compiles, and must not.")
    else:
        for sentence in sentences:
            if one_line(sentence) not in one_line(said):
                complaints.append(f"{name} is refused without the sentence: {sentence}")
        if complaints:
            complaints.append(f"The compiler said:\n{said}")
    compiled, said = compiler.compile(name, source, "-DFIXED")
    if not compiled:
        complaints.append(f"{name} does not compile with -DFIXED, its legal twin:\n{said}")
    return complaints


REFUSED = """
template <class T> constexpr bool is_number = false;
template <class T> void take(T) {{ static_assert(is_number<T>, "chainrule: not a number"); }}
// expected-error: {sentence}
int main() {{
#ifdef FIXED
    {fixed}
#else
    {broken}
#endif
}}
"""


def self_test(compiler):
    """The complaints about the judge itself."""
    complaints = []

    def expect(what, found, wanted):
        text = " ".join(found)
        if (wanted is None and found) or (wanted is not None and wanted not in text):
            complaints.append(f"{what}: wanted {wanted!r}, found: {text or 'no complaint'}")

    def case(sentence="chainrule: not a number", fixed="", broken="take(1);"):
        return REFUSED.format(sentence=sentence, fixed=fixed, broken=broken)

    empty, garbage = "", "this is not C++\n"
    expect("an empty file", judge_must_compile(compiler, "empty.cpp", empty), None)
    expect("garbage", judge_must_compile(compiler, "garbage.cpp", garbage), "does not compile")
    expect("a good case", judge_must_fail(compiler, "good.cpp", case()), None)
    # The sentence stands in the file as a comment, and must not be found there.
    expect(
        "a wrong sentence",
        judge_must_fail(compiler, "wrong.cpp", case(sentence="chainrule: not a fish")),
        "refused without the sentence: chainrule: not a fish",
    )
    expect(
        "one right and one wrong sentence",
        judge_must_fail(compiler, "half.cpp", "// expected-error: not a fish" + case()),
        "refused without the sentence: not a fish",
    )
    expect(
        "a broken half that compiles",
        judge_must_fail(compiler, "legal.cpp", case(broken="")),
        "compiles, and must not",
    )
    expect(
        "a fixed half that does not compile",
        judge_must_fail(compiler, "unfixed.cpp", case(fixed="take(1);")),
        "does not compile with -DFIXED",
    )
    expect(
        "a case without a sentence",
        judge_must_fail(compiler, "silent.cpp", "#ifdef FIXED\n#endif\n"),
        "announces no sentence",
    )
    expect(
        "a case without a twin",
        judge_must_fail(compiler, "alone.cpp", "// expected-error: any\n" + garbage),
        "has no legal twin",
    )
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--options", help="a file with one compiler option per line")
    parser.add_argument(
        "--precompiled", type=Path, help="a header, precompiled before, that the case begins with"
    )
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--must-compile", metavar="FILE", type=Path)
    mode.add_argument("--must-fail", metavar="FILE", type=Path)
    mode.add_argument("--precompile", metavar="HEADER", type=Path)
    mode.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()

    compiler = Compiler(arguments.compiler, arguments.options, arguments.precompiled)
    if arguments.self_test:
        complaints = self_test(compiler)
    elif arguments.precompile:
        complaints = compiler.precompile(arguments.precompile)
    elif arguments.must_compile:
        path = arguments.must_compile
        complaints = judge_must_compile(compiler, path.name, path.read_text())
    else:
        path = arguments.must_fail
        complaints = judge_must_fail(compiler, path.name, path.read_text())
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
