#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts instructions per element with callgrind: measure.py PROGRAM OUT_DIRECTORY

Each loop runs over two lengths; the difference leaves the loop alone. Writes instructions.md.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

KERNELS = {"relu": "relu, forward", "sigmoid": "sigmoid, forward", "silu": "silu, value and derivative"}
SHORT, LONG = 8192, 40960
ALLOWED = 1.02


def instructions(program, kernel, size):
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, kernel, str(size)],
        capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode or not collected:
        sys.exit(f"chainrule: callgrind failed on {kernel}:\n{result.stderr[-2000:]}")
    return int(collected[1])


def per_element(program, kernel):
    return (instructions(program, kernel, LONG) - instructions(program, kernel, SHORT)) / (LONG - SHORT)


def main():
    program, out = sys.argv[1], Path(sys.argv[2])
    if not shutil.which("valgrind"):
        print("chainrule: no instruction counts, as valgrind is not installed (Debian: valgrind)")
        return
    subprocess.run([program, "check"], check=True)
    # The filling of the arrays is in both lengths: what it costs per element is measured and taken off.
    lines = ["| kernel (AVX2) | chainrule | by hand | ratio | at most 1.02 |", "|---|---|---|---|---|"]
    filling = per_element(program, "nothing")
    for kernel, title in KERNELS.items():
        ours = per_element(program, f"ours.{kernel}") - filling
        by_hand = per_element(program, f"by_hand.{kernel}") - filling
        ratio = ours / by_hand
        lines.append(f"| {title} | {ours:.3f} | {by_hand:.3f} | {ratio:.3f} | "
                     f"{'met' if ratio <= ALLOWED else 'missed'} |")
    text = "\n".join(lines) + "\n"
    (out / "instructions.md").write_text(text)
    print(text)


main()
