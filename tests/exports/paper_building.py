"""Papers become pages: pdflatex builds them, and has nothing to complain about."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

needs_latex = pytest.mark.program


def built(text: str, folder: Path) -> list[str]:
    """The text of each page, after two runs that had nothing to complain about."""
    if shutil.which("pdflatex") is None or shutil.which("pdftotext") is None:
        pytest.skip("there is no pdflatex, or no pdftotext")
    (folder / "exam.tex").write_text(text, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "exam.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        log = (folder / "exam.log").read_text("utf-8", "replace")
        assert done.returncode == 0, log[-3000:]
    wide = [float(width) for width in re.findall(r"Overfull \\hbox \((\d+\.\d+)pt", log)]
    assert max(wide, default=0) <= 5
    assert "Warning" not in log
    subprocess.run(["pdftotext", "-layout", "exam.pdf", "exam.txt"], cwd=folder, check=True)
    return (folder / "exam.txt").read_text("utf-8").split("\f")[:-1]
