"""What a command loads: not what only others need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import EXAMPLES

SELDOM = (
    "sympy", "typst", "subprocess", "symparams.documents.pdf", "symparams.documents.latex_pdf",
    "symparams.documents.office", "symparams.documents.font_files", "symparams.figures", "symparams.plots",
    "symparams.appendices", "symparams.questions.comparison", "symparams.exams.course", "symparams.exports",
    "symparams.misconceptions", "symparams.references", "symparams.reading.python",
)  # fmt: skip
NEEDED = {
    ("solve", "vgg16.arch", "-o", "{}/net.svg.md", "--figures"): {"symparams.figures"},
    ("diagnose", "vgg16.arch", "--total", "--answer", "3"): {"symparams.misconceptions"},
    ("summary", "vgg16.arch"): set(),
    ("summary", "vgg16-letters.arch"): set(),
    ("solve", "vgg16.arch"): set(),
    ("solve", "vgg16.arch", "--layer", "conv_1"): set(),
    ("convert", "vgg16.arch"): set(),
}


@pytest.mark.parametrize("words", NEEDED, ids=" ".join)
def test_a_command_loads_what_it_needs(words: tuple[str, ...], tmp_path: object) -> None:
    arguments = [word.format(tmp_path) if "{" in word else word for word in words]
    arguments[1] = str(EXAMPLES / arguments[1])
    program = (
        "import sys\nfrom symparams.commands.main import run\n"
        f"try: run({arguments!r})\nexcept SystemExit: pass\n"
        f"import json\nprint(json.dumps([name for name in {SELDOM!r} if name in sys.modules]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded - NEEDED[words] == set()
    assert NEEDED[words] <= loaded
