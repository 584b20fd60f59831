"""A book built by MyST: as Markdown and as JATS."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import symparams as sp
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.program

SMALL = "input(9, 9, 2) -> conv(4, 3) -> conv(8, 3)"
PAGE = """---
exports:
  - format: md
  - format: jats
---
# Counting

The network {params}`small.arch` has in its second convolution {params}`small.arch conv_2` parameters
and an output of {shape}`small.arch "second conv"`; see [](#rule:small:conv:params) and [](#drawn).

```{arch:solution} small.arch
:style: textbook
:label: small
```

```{arch:figure} small.arch
:label: drawn
:caption: Drawn, with {macs}`small.arch` MACs
```
"""
CONFIG = """version: 1
project:
  plugins:
    - type: executable
      path: plugin
"""


def build(folder: Path, page: str) -> tuple[str, str, str]:
    """The page as Markdown and as JATS, and what MyST says."""
    modules = os.environ.get("MYST_MODULES")
    if modules is None:
        pytest.skip("MYST_MODULES does not name the folder of node's modules where mystmd is")
    plugin = folder / "plugin"
    plugin.write_text(
        f"#!/bin/sh\nexport PYTHONPATH='{EXAMPLES.parent}'\n"
        f"exec '{sys.executable}' -c 'from symparams.books.myst_plugin import run; run()' \"$@\"\n",
        "utf-8",
    )
    plugin.chmod(0o755)
    (folder / "myst.yml").write_text(CONFIG, "utf-8")
    (folder / "page.md").write_text(page, "utf-8")
    (folder / "small.arch").write_text(SMALL, "utf-8")
    command = ["node", f"{modules}/mystmd/dist/myst.cjs", "build", "page.md", "--md", "--jats", "--strict"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    written = folder / "_build" / "exports"
    found = [
        "".join(path.read_text("utf-8") for path in written.glob(f"*.{suffix}")) if written.exists() else ""
        for suffix in ("md", "xml")
    ]
    return found[0], found[1], done.stdout + done.stderr


def test_a_book(tmp_path: Path) -> None:
    markdown, jats, said = build(tmp_path, PAGE)
    net = sp.load(tmp_path / "small.arch")
    assert "⛔" not in said, said
    flat = " ".join(markdown.split())
    assert f"The network {net.params} has in its second convolution {net['conv_2'].params} parameters" in flat
    assert "an output of {math}`5 \\times 5 \\times 8`" in flat
    assert ":label: rule:small:conv:params" in markdown
    assert "](#rule:small:conv:params)" in markdown
    assert f"Drawn, with {net.macs:,} MACs" in markdown
    assert "data:image/svg+xml;base64," in markdown
    assert f"has in its second convolution {net['conv_2'].params} parameters" in " ".join(jats.split())
    assert set(re.findall('rid="([^"]*)"', jats)) <= set(re.findall(' id="([^"]*)"', jats))
    assert "<tex-math>" in jats


def test_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    _, _, said = build(tmp_path, "---\nexports:\n  - format: md\n---\n\nSo {params}`small.arch conv_9`.\n")
    assert "line 6: there is no layer `conv_9`; did you mean `conv_2`?" in said
    assert "Traceback" not in said


def test_an_appendix(tmp_path: Path) -> None:
    page = PAGE.partition("# Counting")[0] + (
        "# Numbers\n\nSee [](#sp:rule:conv:params) and [](#sp:net:small:counts).\n\n"
        "```{arch:appendix} small.arch\n:exercises: 2\n```\n"
    )
    markdown, jats, told = build(tmp_path, page)
    assert "⛔" not in told
    assert "⚠" not in told, told
    for text in (markdown, jats):
        for number in ("76", "296", "372", "10,728"):
            assert re.search(rf"\b{number}\b", text), number
        assert "Distinct counts of small" in text
        assert "Receptive fields" in text
