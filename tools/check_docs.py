#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks what the documentation promises to be true.

    tools/check_docs.py               checks; exit code 1 and file:line for each thing that is wrong
    tools/check_docs.py --write       first brings the code blocks up to date
    tools/check_docs.py --self-test   plants one fault of each kind and must find it

* Links between our pages, and mentions such as docs/errors.md#fast-math in the sources, lead
  somewhere: the file exists, and has the heading.
* Code shown comes from a compiled file. A block under the line

      <!-- code: examples/01_first_formula.cpp#region -->

  equals the lines between `// [region]` and `// [/region]` of that file.
"""
import argparse
import re
import sys
import tempfile
import textwrap
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*\bsrc=\"([^\"]+)\"")
MENTION = re.compile(r"\b((?:docs/[\w/]+|README|CONTRIBUTING|CHANGELOG)\.md(?:#[\w-]+)?)")
BLOCK = re.compile(r"<!-- code: (\S+?)(?:#(\S+))? -->\n+```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")
SOURCES = ["include", "examples", "tools", "tests"]


def headings(text):
    """The anchors GitHub gives to the headings of a page, and explicit <a id="…">."""
    found = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    for title in re.findall(r"^#{1,6}\s+(.*?)\s*$", FENCED.sub("", text), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower()).replace(" ", "-")
        number = 1
        while (anchor := slug if number == 1 else f"{slug}-{number - 1}") in found:
            number += 1
        found.add(anchor)
    return found


def blank(match):
    """As many lines as there were, so that line numbers stay right."""
    return "\n" * match[0].count("\n")


def destination_fault(root, directory, link):
    """What is wrong with a link, or None."""
    path, _, anchor = link.partition("#")
    target = (directory / path).resolve() if path else None
    if target and not target.exists():
        return f"{link} leads nowhere: there is no {path}"
    if anchor and target and target.suffix == ".md" and anchor not in headings(target.read_text()):
        return f"{link} leads nowhere: {path} has no heading '{anchor}'"
    return None


def code_of(root, path, region):
    """The lines of a region of a file; ValueError says what is missing."""
    if not (root / path).is_file():
        raise ValueError(f"there is no file {path}")
    text = (root / path).read_text()
    if region is None:
        return text
    match = re.search(rf"^[ ]*// \[{re.escape(region)}\]\n(.*?)^[ ]*// \[/{re.escape(region)}\]", text, re.M | re.S)
    if not match:
        raise ValueError(f"{path} has no lines between `// [{region}]` and `// [/{region}]`")
    return textwrap.dedent(match[1])


def pages(root):
    yield from sorted(root.glob("*.md"))
    yield from sorted((root / "docs").rglob("*.md"))


def faults(root):
    """(file, line, sentence) for everything that is wrong."""
    for page in pages(root):
        text = page.read_text()
        prose = INLINE.sub("", FENCED.sub(blank, text))
        for match in LINK.finditer(prose):
            link = match[1] or match[2]
            if re.match(r"[a-z]+:", link):
                continue
            same_page = link.startswith("#")
            fault = destination_fault(root, page.parent, page.name + link if same_page else link)
            if fault:
                yield page, text_line(prose, match.start()), fault
        for match in BLOCK.finditer(text):
            try:
                if code_of(root, match[1], match[2]) != match[3]:
                    fault = f"the code differs from {match[1]}#{match[2]}: run ./dev docs --write"
                    yield page, text_line(text, match.start()), fault
            except ValueError as error:
                yield page, text_line(text, match.start()), str(error)
    for folder in SOURCES:
        for source in sorted((root / folder).rglob("*.?pp")):
            text = source.read_text()
            for match in MENTION.finditer(text):
                fault = destination_fault(root, root, match[1])
                if fault:
                    yield source, text_line(text, match.start()), fault


def text_line(text, position):
    return text.count("\n", 0, position) + 1


def check(root):
    count = 0
    for path, line, sentence in faults(root):
        print(f"{path.relative_to(root)}:{line}: {sentence}")
        count += 1
    print(f"docs: {len(list(pages(root)))} pages, {count} faults")
    return count


def write(root):
    """Brings every code block up to date."""

    def renewed(match):
        try:
            code = code_of(root, match[1], match[2])
        except ValueError:
            return match[0]  # check() will say it
        start = match.start(3) - match.start()
        return match[0][:start] + code + match[0][start + len(match[3]) :]

    for page in pages(root):
        text = page.read_text()
        new = BLOCK.sub(renewed, text)
        if new != text:
            page.write_text(new)
            print(f"docs: wrote {page.relative_to(root)}")


def self_test():
    files = {
        "README.md": "# Top\n## A b: c?\n[ok](docs/a.md#here) [same](#a-b-c) [lost](docs/b.md)\n[no](docs/a.md#gone)\n"
        "[web](https://example.org/x)\n```\n[not a link](nowhere.md)\n```\n",
        "docs/a.md": "# Here\n<!-- code: examples/01_x.cpp#use -->\n```cpp\nint old;\n```\n"
        "<!-- code: examples/01_x.cpp#missing -->\n```cpp\n```\n",
        "examples/01_x.cpp": "    // [use]\n    int a;\n      int b;\n    // [/use]\n",
        "include/x.hpp": "// see docs/a.md#here\n// see docs/a.md#nothing\n",
    }
    wanted = [
        "README.md:3: docs/b.md leads nowhere",
        "README.md:4: docs/a.md#gone leads nowhere",
        "docs/a.md:2: the code differs",
        "docs/a.md:6: examples/01_x.cpp has no lines between",
        "include/x.hpp:2: docs/a.md#nothing leads nowhere",
    ]
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = [f"{path.relative_to(root)}:{line}: {sentence}" for path, line, sentence in faults(root)]
        write(root)
        after = [f"{path.relative_to(root)}:{line}: {sentence}" for path, line, sentence in faults(root)]
        shown = (root / "docs/a.md").read_text()
    wrong = len(found) != len(wanted) or any(not f.startswith(w) for f, w in zip(found, wanted))
    wrong = wrong or len(after) != len(wanted) - 1 or "```cpp\nint a;\n  int b;\n```" not in shown
    if wrong:
        print("docs: self-test failed; found:", *found, "after --write:", *after, sep="\n  ")
    else:
        print("docs: self-test passed")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return 1 if self_test() else 0
    root = Path(__file__).resolve().parent.parent
    if arguments.write:
        write(root)
    return 1 if check(root) else 0


if __name__ == "__main__":
    sys.exit(main())
