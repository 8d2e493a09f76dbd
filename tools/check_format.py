#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Says which C++ files are not formatted as .clang-format says; with --write, formats them.

Versions of clang-format differ in what they make of one file: only version 14, that of Debian 12, counts.
Without it nothing is checked, and the exit status is 77 (skipped). With --self-test: finds what is planted."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = "14"
SKIPPED = 77


def clang_format():
    """The command, or None."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            found = re.search(r"version (\d+)", said)
            if found and found[1] == VERSION:
                return path
    return None


def sources():
    folders = ("include", "tests", "examples", "benchmarks", "tools")
    return sorted(f for name in folders for f in (ROOT / name).rglob("*.[hc]pp"))


def unformatted(command, files):
    """Those of the files that the command would change."""
    said = subprocess.run(
        [command, "--dry-run", "--style=file", *map(str, files)], capture_output=True, text=True
    ).stderr
    return sorted(set(re.findall(r"^(.+?):\d+:\d+: warning: code should be", said, re.MULTILINE)))


def self_test(command):
    with tempfile.TemporaryDirectory(dir=ROOT / "tools") as folder:
        good, bad = Path(folder) / "good.cpp", Path(folder) / "bad.cpp"
        good.write_text("int good;\n")
        bad.write_text("int    bad ;\n")
        found = unformatted(command, [good, bad])
    if found != [str(bad)]:
        print(f"check_format does not find what is planted: {found}")
        return 1
    return 0


def main(arguments):
    command = clang_format()
    if command is None:
        print(f"chainrule: the format is not checked: install clang-format {VERSION} (Debian 12: clang-format)")
        return SKIPPED
    if "--self-test" in arguments:
        return self_test(command)
    files = sources()
    if "--write" in arguments:
        return subprocess.run([command, "-i", "--style=file", *map(str, files)]).returncode
    found = unformatted(command, files)
    for name in found:
        print(f"{name}: not formatted; ./dev format does it")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
