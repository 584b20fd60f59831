"""The formats by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symparams.errors import SymparamsError
from symparams.exports.registry import EXPORTS, export
from tests.conftest import EXAMPLES


@pytest.mark.parametrize("name", EXPORTS)
def test_every_name_is_a_format(name: str) -> None:
    assert export(name).name == name


def test_an_unknown_name() -> None:
    with pytest.raises(SymparamsError) as caught:
        export("moodel")
    assert str(caught.value) == (
        "there is no format `moodel` for questions; there are markdown, json, latex, moodle, gift, qti12, qti21, "
        "prairielearn and anki; did you mean `moodle`?"
    )


def test_a_format_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys; from symparams.exports.registry import export; before = set(sys.modules); export('gift'); "
        "print(sorted(m for m in set(sys.modules) - before if m.startswith('symparams.exports.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=EXAMPLES.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "['symparams.exports.gift', 'symparams.exports.moodle_answers']\n"
