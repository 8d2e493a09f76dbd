#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks that every #include under include/ follows the arrows of the layers.

    tools/check_layers.py               checks the headers; exit code 1 if one breaks a rule
    tools/check_layers.py --self-test   plants one violation of each kind and must find it

The tables below are the only place where the arrows are stated.
"""
import argparse
import re
import sys
import tempfile
from pathlib import Path

# Which other layers each layer may include.
ARROWS = {
    "core": [],
    "expr": ["core"],
    "op": ["core", "expr"],
    "graph": ["core", "expr", "op"],
    "program": ["core", "expr", "op", "graph"],
    "kernel": ["core", "expr", "op", "graph", "program"],
    "activations": ["core", "expr", "op"],
    "analysis": ["core", "expr", "op", "graph", "program", "kernel"],
}
EVERY_LAYER = [*ARROWS, "verify", "interop"]
ARROWS["verify"] = EVERY_LAYER
ARROWS["interop"] = EVERY_LAYER
# The umbrella chainrule/chainrule.hpp: all but verify and interop, which nothing includes.
UMBRELLA = "chainrule.hpp"
ARROWS[UMBRELLA] = [layer for layer in EVERY_LAYER if layer not in ("verify", "interop")]

# Which headers may include a third-party package: paths, or directories ending in a slash.
THIRD_PARTY = {
    "boost/hana": ["expr/bindings", "kernel/gradients", "activations/catalogue", "activations/entry"],
    "range/v3": ["interop/ranges.hpp"],
    "catch2": ["verify/catch2.hpp"],
    # Of the operating system; <thread> takes 0.3 s to parse.
    "pthread": ["kernel/parallel.hpp"],
    "unistd": ["kernel/parallel.hpp", "kernel/streaming.hpp"],
    "Eigen": ["interop/eigen.hpp", "analysis/labelled_data.hpp",
              "analysis/layer_stack.hpp", "analysis/random_network.hpp", "analysis/training.hpp"],
}

# Standard headers too slow to parse for what every user's file includes.
SLOW = ["filesystem", "format", "fstream", "functional", "iostream", "ranges", "regex", "sstream", "string"]
# <stdexcept>, which every exception with a message needs, brings <string> along.
SLOW_ALLOWED = {("kernel/argument_error.hpp", "string")}
FAST_LAYERS = ["core", "expr", "op", "graph", "program", "kernel", "activations", UMBRELLA]

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)


def violations_in(path, text):
    """(line, sentence) for every include that breaks a rule; path is relative to include/chainrule."""
    layer = path.split("/")[0]
    if layer not in ARROWS:
        yield 1, f"'{layer}' is not a layer: add it to the table in tools/check_layers.py"
        return
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start(1 if match[1] else 2)) + 1
        included = match[1] or match[2]
        if match[2]:
            yield line, f'"{included}": write <chainrule/...>, relative includes hide their layer'
        elif included.startswith("chainrule/"):
            target = included.removeprefix("chainrule/").split("/")[0]
            if target == UMBRELLA:
                if layer not in ("verify", "interop"):
                    yield line, f"{layer} includes the umbrella header: include what is needed"
            elif target not in ARROWS:
                yield line, f"<{included}> is in no layer"
            elif target != layer and target not in ARROWS[layer]:
                yield line, f"{layer} must not include {target} (<{included}>)"
        elif "/" in included or included.endswith((".h", ".hpp")):
            package = next((p for p in THIRD_PARTY if (included + "/").startswith((p + "/", p + "."))), None)
            if package is None:
                yield line, f"<{included}> is neither ours nor the standard library's nor a listed package"
            elif not any(is_place(path, place) for place in THIRD_PARTY[package]):
                places = ", ".join(THIRD_PARTY[package])
                yield line, f"{path} must not include {package}: only {places} may"
        elif included in SLOW and layer in FAST_LAYERS and (path, included) not in SLOW_ALLOWED:
            yield line, f"{layer} must not include <{included}>: it is slow to parse for every user"


def is_place(path, place):
    """expr/bindings allows expr/bindings.hpp and everything in expr/bindings/."""
    return path in (place, place + ".hpp") or path.startswith(place.rstrip("/") + "/")


def check(root):
    """Prints every violation under root/include/chainrule; returns how many there are."""
    base = root / "include" / "chainrule"
    headers = sorted(base.rglob("*.hpp"))
    count = 0
    for header in headers:
        path = header.relative_to(base).as_posix()
        for line, sentence in violations_in(path, header.read_text(encoding="utf-8")):
            print(f"include/chainrule/{path}:{line}: {sentence}")
            count += 1
    print(f"layers: {len(headers)} headers, {count} violations")
    if not headers:
        print(f"layers: no headers under {base}: is this the repository?")
    return count if headers else 1


PLANTED = [
    # header, its text, the sentence that must be found (None: it is legal)
    ("core/good.hpp", "#include <array>\n", None),
    ("graph/good.hpp", "#include <chainrule/core/a.hpp>\n#include <chainrule/graph/b.hpp>\n", None),
    ("expr/bindings.hpp", "#include <boost/hana/map.hpp>\n", None),
    ("interop/ranges.hpp", "#include <range/v3/view/all.hpp>\n#include <string>\n", None),
    ("verify/catch2.hpp", "#include <catch2/catch.hpp>\n#include <chainrule/chainrule.hpp>\n", None),
    ("chainrule.hpp", "#include <chainrule/analysis/report.hpp>\n", None),
    ("core/up.hpp", "\n#include <chainrule/expr/x.hpp>\n", "core/up.hpp:2: core must not include expr"),
    ("op/spaced.hpp", "#  include  <chainrule/graph/x.hpp>\n", "spaced.hpp:1: op must not include graph"),
    ("activations/a.hpp", "#include <chainrule/kernel/x.hpp>\n", "activations must not include kernel"),
    ("kernel/v.hpp", "#include <chainrule/verify/ulp.hpp>\n", "kernel must not include verify"),
    ("chainrule.hpp", "#include <chainrule/interop/ranges.hpp>\n", "must not include interop"),
    ("graph/all.hpp", "#include <chainrule/chainrule.hpp>\n", "graph includes the umbrella"),
    ("graph/near.hpp", '#include "a.hpp"\n', "near.hpp:1: \"a.hpp\": write <chainrule/...>"),
    ("graph/h.hpp", "#include <boost/hana.hpp>\n", "graph/h.hpp must not include boost/hana"),
    ("interop/other.hpp", "#include <range/v3/core.hpp>\n", "other.hpp must not include range/v3"),
    ("core/c.hpp", "#include <math.h>\n", "<math.h> is neither ours"),
    ("core/slow.hpp", "#include <ranges>\n", "core must not include <ranges>"),
    ("util/u.hpp", "", "'util' is not a layer"),
    ("op/lost.hpp", "#include <chainrule/util/u.hpp>\n", "is in no layer"),
]


def self_test():
    """Prints what was missed or wrongly accused; returns how often."""
    missed = 0
    for path, text, wanted in PLANTED:
        found = [f"{path}:{line}: {sentence}" for line, sentence in violations_in(path, text)]
        if (wanted is None and found) or (wanted and not any(wanted in f for f in found)):
            print(f"self-test: {path} {text!r}: wanted {wanted!r}, found {found}")
            missed += 1
    with tempfile.TemporaryDirectory() as directory:
        header = Path(directory, "include", "chainrule", "core", "up.hpp")
        header.parent.mkdir(parents=True)
        header.write_text("#include <chainrule/kernel/x.hpp>\n")
        if check(Path(directory)) != 1:
            print("self-test: a planted file was not found on disk")
            missed += 1
    print(f"layers: self-test of {len(PLANTED) + 1} cases, {missed} wrong")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    return 1 if (self_test() if arguments.self_test else check(arguments.root)) else 0


if __name__ == "__main__":
    sys.exit(main())
