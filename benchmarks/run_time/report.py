#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Makes the readable tables of what run_time measured.

    report.py DIRECTORY [--missing "Eigen XNNPACK"] [--title "AVX-512"] [--instructions FILE] [--page FILE]

Reads times.csv and accuracy.csv of DIRECTORY, writes run_time.md (the table and the bars), run_time.json
and, where gnuplot is installed, run_time.svg and run_time.png. With --page, also replaces the part of that
page between `<!-- measured: TITLE -->` and `<!-- /measured -->`, and puts the plot beside it. Always ends with 0: a bar that is missed is a
finding, not a failure.
"""
import argparse
import csv
import json
import re
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

OURS = "chainrule"
SIZES = ["L1", "L2", "DRAM"]
TIE = 1.15
PIECEWISE = {"relu", "leaky_relu", "relu6", "hard_swish", "prelu_nhwc", "prelu_nchw"}
COMPOSITIONS = {"tanh3", "swish_gelu", "custom"}
TOGETHER = {"value+derivative", "forward+backward"}


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


class Errors:
    """What a candidate gets wrong."""

    def __init__(self, line):
        self.near = float(line["ulp_near"])
        self.far = float(line["ulp_far"])
        self.flushed = int(line["flushed"])
        self.lost = int(line["lost"])
        self.wrong = int(line["wrong"])
        self.subnormal = int(line["subnormal"])
        self.sum_error = float(line["sum_error"])

    def comparable(self, ours):
        return self.near <= max(16, ours.near) and self.flushed == 0 and self.lost == 0 and self.wrong == 0

    def text(self):
        parts = [f"{self.near:.3g} ULP"]
        if self.flushed:
            parts.append(f"F{self.flushed}")
        if self.lost:
            parts.append(f"L{self.lost}")
        if self.wrong:
            parts.append(f"N{self.wrong}")
        if self.subnormal:
            parts.append(f"S{self.subnormal}")
        return " ".join(parts)


class Results:
    def __init__(self, directory):
        samples = defaultdict(list)
        self.rows = []
        for line in read(directory / "times.csv"):
            key = (line["row"], line["mode"])
            if key not in self.rows:
                self.rows.append(key)
            samples[(*key, line["size"], line["peer"])].append(float(line["ns_per_element"]))
        self.ns = {key: statistics.median(values) for key, values in samples.items()}
        self.spread = {key: max(values) / min(values) - 1 for key, values in samples.items()}
        # Ratios within one repetition, of which the median counts.
        self.samples = samples
        self.errors = {(e["row"], e["mode"], e["peer"]): Errors(e) for e in read(directory / "accuracy.csv")}

    def peers(self, row, mode, size):
        return [p for (r, m, s, p) in self.ns
                if (r, m, s) == (row, mode, size) and p != OURS and not p.startswith("stream")]

    def comparable(self, row, mode, peer):
        return self.errors[(row, mode, peer)].comparable(self.errors[(row, mode, OURS)])

    def ratio(self, row, mode, size, peer):
        """Time of the peer over our time: above 1 we are faster."""
        ours = self.samples.get((row, mode, size, OURS))
        theirs = self.samples.get((row, mode, size, peer))
        if not ours or not theirs:
            return None
        return statistics.median(t / o for t, o in zip(theirs, ours))

    def fastest(self, row, mode, size, only_comparable):
        names = [p for p in self.peers(row, mode, size)
                 if not only_comparable or self.comparable(row, mode, p)]
        return min(names, key=lambda p: self.ns[(row, mode, size, p)], default=None)


def cell(results, row, mode, size, peer):
    """"Eigen 0.31 ns, 1.04 (2 ULP)": the ratio is the peer's time over ours."""
    if peer is None:
        return "–"
    ratio = results.ratio(row, mode, size, peer)
    return (f"{peer} {results.ns[(row, mode, size, peer)]:.3f} = **{ratio:.2f}** "
            f"({results.errors[(row, mode, peer)].text()})")


def table(results, size):
    lines = [
        "| row | mode | chainrule, ns | spread | our error | fastest of comparable accuracy | faster, less accurate |",
        "|---|---|---|---|---|---|---|",
    ]
    for row, mode in results.rows:
        key = (row, mode, size, OURS)
        if key not in results.ns:
            continue
        best = results.fastest(row, mode, size, True)
        limit = min([results.ns[(row, mode, size, best)]] if best else [float("inf")])
        careless = sorted((p for p in results.peers(row, mode, size)
                           if not results.comparable(row, mode, p)
                           and results.ns[(row, mode, size, p)] < min(limit, results.ns[key] * 1.3)),
                          key=lambda p: results.ns[(row, mode, size, p)])
        lines.append(f"| {row} | {mode} | {results.ns[key]:.3f} | {results.spread[key]:.0%} | "
                     f"{results.errors[(row, mode, OURS)].text()} | {cell(results, row, mode, size, best)} | "
                     f"{'; '.join(cell(results, row, mode, size, p) for p in careless[:2]) or '–'} |")
    return lines


def all_peers(results, size):
    names = []
    for (_, _, s, p) in results.ns:
        if s == size and p not in names:
            names.append(p)
    names.sort(key=lambda p: (p != OURS, p.startswith("stream"), p.lower()))
    lines = ["| row | mode | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for row, mode in results.rows:
        cells = []
        for p in names:
            ns = results.ns.get((row, mode, size, p))
            error = results.errors.get((row, mode, p))
            cells.append("" if ns is None else f"{ns:.3f}" + (f" ({error.text()})" if error else ""))
        lines.append(f"| {row} | {mode} | " + " | ".join(cells) + " |")
    return lines


def bars(results):
    """(name, required, measured, met) of everything the project holds itself to."""
    found = []

    def require(what, size, required, measured, against=""):
        if measured is not None:
            found.append({"bar": what, "size": size, "required": round(required, 3), "measured": round(measured, 3),
                          "met": measured >= required, "against": against})

    for row, mode in results.rows:
        for size in SIZES:
            if (row, mode, size, OURS) not in results.ns:
                continue
            name = f"{row} {mode}"
            best = results.fastest(row, mode, size, True)
            any_peer = results.fastest(row, mode, size, False)
            if best and size != "DRAM":
                require(f"{name}: no slower than 1.15 x the fastest comparable peer", size, 1 / TIE,
                        results.ratio(row, mode, size, best), best)
            if any_peer and row in PIECEWISE and size != "DRAM":
                require(f"{name}: piecewise linear, within 1.15 x", size, 1 / TIE,
                        results.ratio(row, mode, size, any_peer), any_peer)
            if any_peer and size == "L1":
                target = 0
                if row in COMPOSITIONS or (mode in TOGETHER and row not in PIECEWISE):
                    target = 1.3
                if row == "softplus" and mode == "forward":
                    target = 2
                if row == "swiglu" and mode == "backward":
                    target = 1.2
                if target:
                    require(f"{name}: {target} x as fast as the fastest peer", size, target,
                            results.ratio(row, mode, size, any_peer), any_peer)
                    if best and best != any_peer:
                        require(f"{name}: {target} x as fast as the fastest comparable peer", size, target,
                                results.ratio(row, mode, size, best), best)
            if size == "DRAM":
                require(f"{name}: 90 % of the non-temporal stream", size, 0.9,
                        results.ratio(row, mode, size, "stream, non-temporal"), "stream, non-temporal")
    for row in ("sigmoid", "tanh", "silu", "gelu"):
        forward = results.samples.get((row, "forward", "L1", OURS))
        together = results.samples.get((row, "value+derivative", "L1", OURS))
        if forward and together:
            require(f"{row}: value and derivative cost at most 1.25 x forward", "L1", 1 / 1.25,
                    statistics.median(f / t for f, t in zip(forward, together)), "forward alone")
    return found


def bar_list(found):
    missed = [b for b in found if not b["met"]]
    lines = [f"{len(found) - len(missed)} of {len(found)} bars met."]
    if missed:
        lines += ["", "Missed (the ratio is the other's time over ours; above 1 we are faster):", "",
                  "| bar | arrays in | against | required | measured |", "|---|---|---|---|---|"]
        lines += [f"| {b['bar']} | {b['size']} | {b['against']} | {b['required']:.2f} | {b['measured']:.2f} |"
                  for b in missed]
    return lines


def plot(results, directory):
    """Speed against the fastest comparable and the fastest peer of all, arrays in L1."""
    gnuplot = shutil.which("gnuplot")
    if not gnuplot:
        print("chainrule: no plot, as gnuplot is not installed (Debian: gnuplot-nox)", file=sys.stderr)
        return
    lines = []
    for row, mode in results.rows:
        best = results.fastest(row, mode, "L1", True)
        fastest = results.fastest(row, mode, "L1", False)
        plain = results.ratio(row, mode, "L1", "gcc -O3")
        value = [results.ratio(row, mode, "L1", p) if p else None for p in (best, fastest)] + [plain]
        text = [f"{v:.3f}" if v else "NaN" for v in value]
        short = {"forward": "f", "backward": "b", "value+derivative": "v+d", "forward+backward": "f+b",
                 "backward+parameters": "b+p"}[mode]
        lines.append(f'"{row} {short}" ' + " ".join(text))
    data = directory / "run_time.dat"
    data.write_text("\n".join(lines) + "\n")
    script = f"""
set datafile missing "NaN"
set style line 1 lc rgb "#1b6ca8" pt 7 ps 0.7
set style line 2 lc rgb "#d1495b" pt 6 ps 0.8
set style line 3 lc rgb "#999999" pt 2 ps 0.6
set title "Time of the peer / time of chainrule, arrays in L1 (above 1: chainrule is faster)" noenhanced
set logscale y
set ytics (0.1, 0.25, 0.5, 0.75, 1, 1.3, 2, 4, 8, 16, 32, 64)
set grid y
set xtics rotate by 90 right noenhanced font ",9"
set yrange [0.1:128]
set xrange [-1:{len(lines)}]
set key top left reverse Left noenhanced
set bmargin 10
plot 1 w l lc rgb "black" notitle, \\
     "{data}" using 0:2:xtic(1) w p ls 1 t "fastest peer of comparable accuracy", \\
     "" using 0:3 w p ls 2 t "fastest peer", "" using 0:4 w p ls 3 t "plain loop at -O3"
"""
    for terminal, name in (("svg size 1300,620 background 'white'", "run_time.svg"),
                           ("pngcairo size 1300,620", "run_time.png")):
        result = subprocess.run([gnuplot], input=f'set terminal {terminal}\nset output "{directory / name}"\n{script}',
                                text=True, capture_output=True)
        if result.returncode or not (directory / name).exists():
            if name.endswith("png"):  # gnuplot without cairo
                subprocess.run([gnuplot], text=True, capture_output=True,
                               input=f'set terminal png size 1300,620\nset output "{directory / name}"\n{script}')
            else:
                print(f"chainrule: gnuplot failed: {result.stderr.strip()[:300]}", file=sys.stderr)


def machine():
    try:
        model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        model = "unknown processor"
    return model


EXPLANATION = """ns per element, float32, one thread; per repetition the least of several samples, of which the median over
the repetitions counts; spread = (max − min)/min over them. x is uniform in [−5, 5]. Errors are in ULP for
|x| ≤ 4 (next to a root, in units of what half an ULP of x changes), over 128 Ki inputs; Fn = n results 0 where the
true value is a normal float, Ln = n results off by more than 1 %, Nn = n NaN or infinities for finite values,
Sn = n results 0 where the true value is subnormal (which libraries document), over all
inputs up to |x| = 110. Of comparable accuracy: at most
16 ULP, or our own error where that is greater, and no F, L, N. Bold: the peer's time over
ours, above 1 we are faster; less than 15 % is a tie."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--missing", default="")
    parser.add_argument("--title", default="native instructions")
    parser.add_argument("--instructions", type=Path)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()

    results = Results(options.directory)
    found = bars(results)
    head = [f"Measured on: {machine()}, {options.title}.", ""]
    if options.missing.strip():
        head += [f"Not installed, hence not measured: {options.missing.strip()}.", ""]
    head += [EXPLANATION, ""]
    if options.instructions and options.instructions.exists():
        head += ["### Instructions per element", "", options.instructions.read_text().strip(), ""]
    head += ["### The bars", "", *bar_list(found), ""]
    body = []
    for size in SIZES:
        if any(s == size for (_, _, s, _) in results.ns):
            body += [f"### Arrays in {size}", "", *table(results, size), ""]
    full = []
    for size in SIZES:
        if any(s == size for (_, _, s, _) in results.ns):
            full += [f"### All candidates, {size}", "", *all_peers(results, size), ""]
    (options.directory / "run_time.md").write_text("\n".join(["# Run time", "", *head, *body, *full]) + "\n")
    (options.directory / "run_time.json").write_text(json.dumps({
        "machine": machine(), "title": options.title, "missing": options.missing.split(), "bars": found,
        "ns_per_element": [{"row": r, "mode": m, "size": s, "peer": p, "median": ns,
                            "spread": round(results.spread[(r, m, s, p)], 3)}
                           for (r, m, s, p), ns in results.ns.items()],
        "errors": [{"row": r, "mode": m, "peer": p, **vars(e)} for (r, m, p), e in results.errors.items()],
    }, indent=1) + "\n")
    plot(results, options.directory)
    if options.page:
        begin, end = f"<!-- measured: {options.title} -->", "<!-- /measured -->"
        text = options.page.read_text()
        at = text.index(begin) + len(begin)
        to = text.index(end, at)
        plot_file = options.directory / "run_time.svg"
        if plot_file.exists():
            shutil.copy(plot_file, options.page.parent / f"{options.directory.name}.svg")
        options.page.write_text(text[:at] + "\n" + "\n".join(head + body) + "\n" + text[to:])
    print("\n".join(bar_list(found)))
    print(f"\nThe tables: {options.directory / 'run_time.md'}")


if __name__ == "__main__":
    main()
