#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What formulas cost to compile, by depth, and what each public header costs to parse.

For chains of growing depth, the kernel of value and first derivative is compiled by each compiler:
user CPU seconds (median), peak memory, and run-time instructions per element and per layer. Beside it
stand files with the kernels of one activation, and the time to parse each public header. The table is
printed and written to OUT/compile_time.md and OUT/compile_time.json, and says which bars are missed.

Instructions are counted by valgrind (callgrind), as the difference between two lengths of the array, in
code for AVX2: valgrind knows no AVX-512. Without valgrind they are not counted, and the table says so.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SWISH_DEPTHS = [1, 4, 16, 64, 128, 256]
MIXED_DEPTHS = [4, 16, 64]
LARGEST_SECONDS = 5.0  # at depth 256 of swish and 64 of the mixed chain
LARGEST_MEGABYTES = 300.0
LARGEST_LAYER_RATIO = 1.10  # instructions per layer, largest over smallest, from depth 64
COUNTED = "x86-64-v3"

ACTIVATIONS = {"relu": "rectifiers", "silu": "swish", "gelu": "gaussian", "mish": "swish"}
ACTIVATION_SECONDS = 1.5
ACTIVATION_MEGABYTES = 300.0

# What a user's file makes of one activation: three kernels in both tiers.
ACTIVATION = """
#include <chainrule/activations/{header}.hpp>
#include <chainrule/kernel/backward.hpp>

struct view {{
    float* first;
    std::size_t count;
    float* data() const {{ return first; }}
    std::size_t size() const {{ return count; }}
}};

namespace {{
constexpr auto f = chainrule::activations::{name};
}}

void kernels(view in, view up, view out, view slope) {{
    chainrule::forward(f, in, out);
    chainrule::backward(f, in, up, slope);
    chainrule::value_and_derivative(f, in, out, slope);
    chainrule::forward(f, in, out, chainrule::accurate);
    chainrule::backward(f, in, up, slope, chainrule::accurate);
    chainrule::value_and_derivative(f, in, out, slope, chainrule::accurate);
}}
"""

# With the header most people include: the whole library and its catalogue.
KERNEL = """
#include <chainrule/chainrule.hpp>

struct view {{
    float* first;
    std::size_t count;
    float* data() const {{ return first; }}
    std::size_t size() const {{ return count; }}
}};

namespace {{
constexpr auto layer_0 = chainrule::tanh(chainrule::x);
constexpr auto layer_1 = chainrule::activations::gelu;
constexpr auto layer_2 = chainrule::activations::swish;
constexpr auto layer_3 = chainrule::softplus(chainrule::x);
constexpr auto formula = {formula};
}}

void kernel(float* in, float* value, float* slope, std::size_t count) {{
    chainrule::value_and_derivative(formula, view{{in, count}}, view{{value, count}}, view{{slope, count}});
}}
"""

DRIVER = """
#include <cstdlib>
void kernel(float*, float*, float*, std::size_t);
float in[4096], value[4096], slope[4096];
int main(int, char* argv[]) {
    for (int i = 0; i < 4096; ++i) in[i] = static_cast<float>(i) / 1024 - 2;
    kernel(in, value, slope, static_cast<std::size_t>(std::atoi(argv[1])));
    return value[0] != value[0];
}
"""


def swish(depth):
    return f"chainrule::nest<{depth}>(chainrule::activations::swish)"


def mixed(depth):
    """tanh, gelu, swish and softplus in turn, written f(g)."""
    formula = "chainrule::x"
    for layer in range(depth):
        formula = f"layer_{layer % 4}({formula})"
    return formula


class Compiler:
    def __init__(self, name, path, options_file):
        self.name = name
        self.path = path
        self.options = [o for o in Path(options_file).read_text().splitlines() if o]
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
        self.version = version.stdout.splitlines()[0]

    def run(self, *arguments, options=None):
        """User CPU seconds and peak megabytes of one compilation; stops with the compiler's words if it fails."""
        seconds, megabytes, words = self.try_to_run(*arguments, options=options)
        if words is not None:
            sys.exit(f"{self.name} failed:\n{words}")
        return seconds, megabytes

    def try_to_run(self, *arguments, options=None):
        """Seconds, megabytes, and what the compiler said if it failed, else None."""
        with tempfile.TemporaryFile() as words:
            process = subprocess.Popen(
                [self.path, *(self.options if options is None else options), *map(str, arguments)],
                stdout=words,
                stderr=words,
                env=dict(os.environ, LC_ALL="C.UTF-8"),
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            words.seek(0)
            said = words.read(4000).decode(errors="replace") if process.returncode != 0 else None
        return usage.ru_utime, usage.ru_maxrss / 1024, said

    def measure(self, runs, *arguments):
        results = [self.run(*arguments) for _ in range(runs)]
        return statistics.median(r[0] for r in results), max(r[1] for r in results)

    def countable_options(self):
        """For AVX2 instead of this machine."""
        return [o for o in self.options if not o.startswith("-march=")] + [f"-march={COUNTED}"]


def count_instructions(program, elements):
    with tempfile.TemporaryDirectory() as directory:
        answer = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out", program, str(elements)],
            capture_output=True,
            text=True,
        )
    found = re.search(r"Collected\s*:\s*(\d+)", answer.stderr)
    if answer.returncode != 0 or not found:
        sys.exit(f"valgrind failed:\n{answer.stderr[-2000:]}")
    return int(found.group(1))


def instructions_per_element(compiler, source, directory):
    driver = directory / "driver.cpp"
    driver.write_text(DRIVER)
    program = directory / "program"
    compiler.run(source, driver, "-o", program, options=compiler.countable_options())
    few, many = 512, 4096
    return (count_instructions(program, many) - count_instructions(program, few)) / (many - few)


def measure_chains(compilers, runs, only, directory, progress):
    rows = []
    counts = shutil.which("valgrind") is not None
    for name, make, depths in (("swish", swish, SWISH_DEPTHS), ("mixed", mixed, MIXED_DEPTHS)):
        for depth in [d for d in depths if not only or d in only]:
            source = directory / f"{name}_{depth}.cpp"
            source.write_text(KERNEL.format(formula=make(depth)))
            for compiler in compilers:
                progress(f"{name} {depth} {compiler.name}")
                seconds, megabytes = compiler.measure(runs, "-c", source, "-o", directory / "kernel.o")
                per_element = instructions_per_element(compiler, source, directory) if counts else None
                rows.append(
                    {
                        "chain": name,
                        "depth": depth,
                        "compiler": compiler.name,
                        "seconds": seconds,
                        "megabytes": megabytes,
                        "instructions_per_element": per_element,
                        "instructions_per_layer": None if per_element is None else per_element / depth,
                    }
                )
    return rows


def measure_activations(compilers, runs, directory, progress):
    rows = []
    for name, header in ACTIVATIONS.items():
        source = directory / f"{name}.cpp"
        source.write_text(ACTIVATION.format(name=name, header=header))
        for compiler in compilers:
            progress(f"{name} {compiler.name}")
            seconds, megabytes = compiler.measure(runs, "-c", source, "-o", directory / "kernel.o")
            rows.append(
                {"activation": name, "compiler": compiler.name, "seconds": seconds, "megabytes": megabytes}
            )
    return rows


def measure_headers(compilers, include, patterns, directory, progress):
    headers = sorted({p.relative_to(include).as_posix() for pattern in patterns for p in include.glob(pattern)})
    rows = []
    for header in ["", *headers]:
        source = directory / "header.cpp"
        source.write_text(f"#include <{header}>\n" if header else "")
        row = {"header": header or "(an empty file)"}
        progress(row["header"])
        for compiler in compilers:
            seconds, megabytes, words = compiler.try_to_run("-fsyntax-only", source)
            missing = re.search(r"fatal error: '?([^':]*)'?(: No such file| file not found)", words or "")
            if words is not None and (not missing or missing.group(1).startswith("chainrule/")):
                sys.exit(f"{header} does not compile with {compiler.name}:\n{words}")
            # A door to a package that is not installed has no cost.
            row[compiler.name] = {"seconds": seconds, "megabytes": megabytes} if words is None else None
        rows.append(row)
    return rows


def missed_bars(rows, activations):
    missed = []
    for row in activations:
        if row["compiler"] != "gcc":
            continue
        what = f"gcc, one file with {row['activation']} in both tiers"
        if row["seconds"] > ACTIVATION_SECONDS:
            missed.append(f"{what}: {row['seconds']:.2f} s, not {ACTIVATION_SECONDS:.1f} s")
        if row["megabytes"] > ACTIVATION_MEGABYTES:
            missed.append(f"{what}: {row['megabytes']:.0f} MB, not {ACTIVATION_MEGABYTES:.0f} MB")
    for row in rows:
        if (row["chain"], row["depth"]) in (("swish", 256), ("mixed", 64)):
            what = f"{row['compiler']}, {row['chain']} of depth {row['depth']}"
            if row["seconds"] > LARGEST_SECONDS:
                missed.append(f"{what}: {row['seconds']:.2f} s, not {LARGEST_SECONDS:.0f} s")
            if row["megabytes"] > LARGEST_MEGABYTES:
                missed.append(f"{what}: {row['megabytes']:.0f} MB, not {LARGEST_MEGABYTES:.0f} MB")
    for compiler in sorted({r["compiler"] for r in rows}):
        per_layer = [
            r["instructions_per_layer"]
            for r in rows
            if r["compiler"] == compiler and r["chain"] == "swish" and r["depth"] >= 64
        ]
        if None not in per_layer and per_layer and max(per_layer) > LARGEST_LAYER_RATIO * min(per_layer):
            missed.append(
                f"{compiler}, swish: from depth 64 on, the instructions per layer differ by "
                f"{100 * (max(per_layer) / min(per_layer) - 1):.0f} %, not 10 %"
            )
    return missed


def table(heading, rows):
    widths = [max(len(r[c]) for r in [heading, *rows]) for c in range(len(heading))]
    def line(cells):
        first = cells[0].ljust(widths[0])
        return "| " + " | ".join([first, *(c.rjust(w) for c, w in zip(cells[1:], widths[1:]))]) + " |"
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([line(heading), rule, *map(line, rows)])


def report(compilers, chains, activations, headers, missed, runs):
    number = lambda v, digits: "–" if v is None else f"{v:.{digits}f}"
    heading = ["chain", "depth", "compiler", "s", "MB", "instructions/element", "per layer"]
    chain_rows = [
        [
            r["chain"],
            str(r["depth"]),
            r["compiler"],
            number(r["seconds"], 2),
            number(r["megabytes"], 0),
            number(r["instructions_per_element"], 1),
            number(r["instructions_per_layer"], 2),
        ]
        for r in chains
    ]
    text = ["# Compile time", ""]
    text += [f"* {c.name}: {c.version}, `{' '.join(c.options)}`" for c in compilers]
    text += [
        f"* User CPU seconds, median of {runs}; peak memory; kernel of value and first derivative, float.",
        f"* Instructions counted by callgrind in code for {COUNTED} (valgrind knows no AVX-512): elements "
        "513 to 4096, 8 in one register."
        if shutil.which("valgrind")
        else "* valgrind is not installed: instructions are not counted.",
        "",
        table(heading, chain_rows),
        "",
    ]
    if not any(r["depth"] == 256 for r in chains):
        text += ["The bars stand at depth 256, which was not measured."]
    else:
        text += [f"**Missed**: {m}." for m in missed] or ["All bars are met."]
    heading = ["activation", "compiler", "s", "MB"]
    rows = [
        [r["activation"], r["compiler"], number(r["seconds"], 2), number(r["megabytes"], 0)] for r in activations
    ]
    text += ["", "One file with forward, backward and value_and_derivative, in both tiers:", ""]
    text += [table(heading, rows)]
    if headers:
        heading = ["header"] + [f"{c.name} {unit}" for c in compilers for unit in ("s", "MB")]
        rows = []
        for r in headers:
            cells = [r["header"].removeprefix("chainrule/")]
            for c in compilers:
                cost = r[c.name]
                cells += ["–", "–"] if cost is None else [number(cost["seconds"], 2), number(cost["megabytes"], 0)]
            rows.append(cells)
        text += ["", "Parsing a header alone:", "", table(heading, rows)]
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gcc", "clang"):
        parser.add_argument(f"--{name}", nargs=2, metavar=("COMPILER", "OPTIONS_FILE"))
    parser.add_argument("--include", type=Path, required=True, help="the directory that contains chainrule/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--depths", default="", help="only these depths, as in 1,64")
    parser.add_argument("--runs", type=int, default=3, help="compilations per chain; headers are parsed once")
    parser.add_argument(
        "--headers",
        nargs="*",
        default=["chainrule/**/*.hpp"],
        metavar="PATTERN",
        help="the headers whose parse cost is measured (default: all)",
    )
    arguments = parser.parse_args()

    compilers = [Compiler(n, *getattr(arguments, n)) for n in ("gcc", "clang") if getattr(arguments, n)]
    if not compilers:
        parser.error("give at least one compiler")

    only = [int(d) for d in arguments.depths.split(",") if d]

    def progress(what):
        if sys.stderr.isatty():
            print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="chainrule_compile_time_") as name:
        directory = Path(name)
        activations = measure_activations(compilers, arguments.runs, directory, progress)
        chains = measure_chains(compilers, arguments.runs, only, directory, progress)
        headers = []
        if arguments.headers:
            headers = measure_headers(compilers, arguments.include, arguments.headers, directory, progress)
    progress("")

    missed = missed_bars(chains, activations)
    text = report(compilers, chains, activations, headers, missed, arguments.runs)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "compile_time.md").write_text(text)
    (arguments.out / "compile_time.json").write_text(
        json.dumps({"chains": chains, "activations": activations, "headers": headers, "missed": missed}, indent=1)
    )
    print(text)


if __name__ == "__main__":
    main()
