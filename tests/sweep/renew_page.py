#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Puts the figures of sweep's output files into docs/accuracy.md: renew_page.py [--raise | --check] FILE...
Of several files (instruction sets, samples) the largest figure counts; with --raise those on the page
count, too. With --check nothing is written: it fails if a figure is above that of the page."""
import math
import pathlib
import re
import sys

page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
begin = "<!-- written by tests/sweep/renew_page.py -->\n"
end = "<!-- end -->\n"
columns = {"default": 0, "accurate": 2, "double": 4}


def check(page_rows, rows, wrong):
    """What is worse in `rows` than on the page; prints it."""
    complaints = list(wrong)
    for entry, row in rows.items():
        known = page_rows.get(entry)
        if known is None:
            complaints.append(f"{entry} is not on the page")
            continue
        for name, offset in columns.items():
            for what, at in (("value", offset), ("slope", offset + 1)):
                if row[at] > known[at]:
                    complaints.append(f"{entry}, {name} {what}: {row[at]:.2f}, page {known[at]:.2f}")
    complaints += [f"{entry} was not measured" for entry in page_rows if entry not in rows]
    print("\n".join(complaints))
    return 1 if complaints else 0


def read_page(table):
    rows = {}
    for line in table.splitlines():
        found = re.match(r"\| `(\w+)` \|(.*)\|$", line)
        if found:
            rows[found[1]] = [float(v) for v in found[2].split("|")]
    return rows


def main(arguments):
    text = page.read_text()
    head, rest = text.split(begin)
    old, tail = rest.split(end)
    rows = read_page(old) if "--raise" in arguments else {}
    wrong = []
    for name in [a for a in arguments if not a.startswith("--")]:
        for line in pathlib.Path(name).read_text().splitlines():
            entry, tier, value, _, slope, _, wrong_values, wrong_slopes, _ = line.split()
            if int(wrong_values) + int(wrong_slopes) > 0:
                wrong.append(f"{name}: {entry} ({tier}) has NaN or infinite results")
            row = rows.setdefault(entry, [0.0] * 6)
            for offset, figure in ((0, value), (1, slope)):
                at = columns[tier] + offset
                # Four digits are printed: round up from the largest number that prints like this.
                largest = float(figure) + 0.00005 if float(figure) > 0 else 0.0
                row[at] = max(row[at], math.ceil(largest * 100) / 100)
    if "--check" in arguments:
        return check(read_page(old), rows, wrong)
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    table = "| | float value | float slope | accurate value | accurate slope | double value | double slope |\n"
    table += "|---|---|---|---|---|---|---|\n"
    for entry, row in rows.items():
        table += f"| `{entry}` | " + " | ".join(f"{v:.2f}" for v in row) + " |\n"
    page.write_text(head + begin + table + end + tail)
    return 0


sys.exit(main(sys.argv[1:]))
