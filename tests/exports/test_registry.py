"""The formats by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from symparams import exports
from symparams.errors import SymparamsError, listed
from symparams.exports.export import Export, PaperExport
from symparams.exports.registry import EXPORTS, PAPERS, SHEETS, export
from tests.conftest import EXAMPLES


@pytest.mark.parametrize("name", EXPORTS)
def test_every_name_is_a_format(name: str) -> None:
    assert export(name).name == name


def unregistered(names: Collection[str]) -> list[str]:
    """Classes of this folder that can write a bank and are not among these formats."""
    modules = [importlib.import_module(f"symparams.exports.{m.name}") for m in pkgutil.iter_modules(exports.__path__)]
    found = {one for module in modules for one in vars(module).values() if inspect.isclass(one)}
    formats = [one for one in found if issubclass(one, Export) and not inspect.isabstract(one)]
    return sorted(f"{one.__module__}.{one.__name__}" for one in formats if getattr(one, "name", "") not in names)


def test_every_export_is_registered() -> None:
    assert unregistered(EXPORTS) == [], "a name in symparams/exports/registry.py, the same as in the class"
    assert unregistered({*EXPORTS} - {"gift"}) == ["symparams.exports.gift.Gift"]


_TESTED_IN = {
    "latex": "paper",
    **dict.fromkeys(("typst", "html", "pdf"), "printed"),
    "docx": "office",
    "epub": "office",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_has_a_test_of_its_own(name: str) -> None:
    test = Path(__file__).parent / f"test_{_TESTED_IN.get(name, name)}.py"
    assert test.exists(), f"{test.name}, which reads what {name} writes as the system does that it is for"


def test_papers_are_those_whose_classes_are() -> None:
    assert tuple(name for name in EXPORTS if isinstance(export(name), PaperExport)) == PAPERS
    assert tuple(name for name in PAPERS if getattr(export(name), "has_sheets", False)) == SHEETS


def test_an_unknown_name() -> None:
    with pytest.raises(SymparamsError) as caught:
        export("moodel")
    assert str(caught.value) == (
        f"there is no format `moodel` for questions; the choices are {listed([*EXPORTS])}; did you mean `moodle`?"
    )


def test_a_format_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys; from symparams.exports.registry import export; before = set(sys.modules); export('gift'); "
        "print(sorted(m for m in set(sys.modules) - before if m.startswith('symparams.exports.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=EXAMPLES.parent, capture_output=True, text=True, check=True)
    assert (
        done.stdout == f"{[f'symparams.exports.{name}' for name in ('gift', 'moodle_answers', 'points', 'shapes')]}\n"
    )
