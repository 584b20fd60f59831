"""One allowance at the public face: every call has one of its own, and none has to be opened elsewhere."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import symparams as sp
from symparams import limits
from symparams.algebra import formula, simplification
from symparams.commands import main
from symparams.documents.kept import Kept
from symparams.errors import LimitError

NETWORK = "input(H,W,C) -> conv(F,3) -> maxpool(2) -> [conv(F,k,same)] * 2 -> flatten -> dense(10)"

EXAMPLES = Path(__file__).parent.parent / "examples"


def _uses(net: sp.Net) -> dict[str, Callable[[], Any]]:
    known = net.subs(H=28, W=28, C=1, F=8, k=3)
    layer = net["conv_2"]
    return {
        "parse": lambda: sp.parse(NETWORK),
        "quantity": lambda: net.quantity("macs"),
        "of a layer": lambda: layer.quantity("flops"),
        "field": lambda: layer.quantity("field"),
        "derivation": lambda: layer.derivation("macs"),
        "solution": lambda: net.solve().to_markdown(),
        "solution as JSON": lambda: net.solve().to_json(),
        "summary": net.summary,
        "repr": lambda: repr(net),
        "in a notebook": net._repr_markdown_,
        "compare": lambda: sp.compare(net, net).to_text(),
        "find": lambda: net.subs(H=28, W=28, C=1, k=3).find("F", params=4000).to_text(),
        "diagnose": lambda: net.diagnose("F", "conv_1").to_text(),
        "diagnose a total": lambda: net.diagnose("F*k").to_json(),
        "exam": lambda: sp.exam(known, questions=2).to_markdown(),
        "questions": lambda: sp.exam(known, questions=2).questions,
    }


USES = list(_uses(sp.parse(NETWORK)))


@pytest.mark.parametrize("use", USES)
def test_whatever_is_called_has_an_allowance(use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net = sp.parse(NETWORK)
    spent = []

    def spend(amount: int = 1) -> None:
        assert limits._work.get() is not None, "work outside an allowance"
        spent.append(amount)

    monkeypatch.setattr(limits, "spend", spend)
    _uses(net)[use]()
    assert limits._work.get() is None


def test_commands_have_an_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(main, "main", lambda *given, **named: seen.append(limits._work.get()))
    with suppress(SystemExit):
        main.run(["solve"])
    assert seen != [None]


def test_an_allowance_ends() -> None:
    with limits.work(2):
        limits.spend(60_400)
        with pytest.raises(LimitError, match=r"^the formulas here grow too large to be worked out$"):
            limits.spend()
        with limits.work():  # one of its own
            limits.spend(60_000)
        limits.allow()
        limits.spend(199)
        with pytest.raises(LimitError):
            limits.spend()


GROWING = {
    "powers in floors": ("input(1,3x3,H//2) -> [avgpool(k^k)] * 800", "<command line>:1:23: "),
    "letters that count copies": (
        "input(3) -> " + " -> ".join(f"[dense(channels + 1)] * N{i}" for i in range(60)),
        "<command line>: ",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GROWING)
def test_formulas_that_grow_end(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text, where = GROWING[name]
    with pytest.raises(SystemExit):
        main.run(["solve", "-e", text])
    message = capsys.readouterr().err.splitlines()[0]
    assert message.startswith(where)
    assert message.endswith(": the formulas here grow too large to be worked out")


HEAVY = ("vgg16-letters", "llama", "transformer", "lenet5-letters")


@pytest.mark.parametrize("name", HEAVY)
def test_examples_use_an_eighth_of_their_allowance(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spent = [0]
    spend = limits.spend

    def counted(amount: int = 1) -> None:
        spent[0] += amount
        spend(amount)

    monkeypatch.setattr(limits, "spend", counted)
    simplification._kept_poly.cache_clear()
    with suppress(SystemExit):
        main.run(["solve", str(EXAMPLES / f"{name}.arch"), "--quantity", "all"])
    assert 0 < spent[0] < 8_000


def test_a_search_says_that_it_is_over() -> None:
    with limits.search():
        limits.searched(30_000)
        assert not limits.search_is_over()
        limits.searched(1)
        assert limits.search_is_over()
        with pytest.raises(LimitError, match=r"^a search through so many values would take too long$"):
            limits.searched(60_000)
    assert not limits.search_is_over()


def _caches() -> list[tuple[str, Any]]:
    """Every function of the package that keeps what it returned, with its name, which another may have, too."""
    modules = (one.name for one in pkgutil.walk_packages(sp.__path__, "symparams."))
    loaded = [_loaded(name) for name in modules if not name.endswith(("__main__", "_server"))]
    return [
        (name, member)
        for module in filter(None, loaded)
        for name, member in vars(module).items()
        if hasattr(member, "cache_clear")
    ]


OTHERS = ("docutils", "sphinx")  # what some modules are for, and do nothing without


def _loaded(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OTHERS:
            return None
        raise


# Those that keep everything are asked about the program's own things alone, of which there are few.
FEW = {
    "parser",
    "_origin",
    "environment",
    "_sympy",
    "_cache",
    "distributions",
    "typesetter",
    "_with_digits",
    "without_pictures",
    "classes",
    "parameters",
    "_parameters",
    "family",
    "_environment",
    "_reserved",
    "layer_names",
    "starts",
    "_resumes",
    "_known",
    "_by_name",
    "_whole_file",
    "_record",
    "page_style",
    "free_fonts",
    "_usual",
    "_bibliography",
}


def test_what_is_kept_is_bounded() -> None:
    most = [(name, function.cache_parameters()["maxsize"]) for name, function in _caches()]
    assert {name for name, size in most if size is None} == FEW


def test_nothing_else_grows_with_new_letters() -> None:
    caches = [function for _, function in _caches() if function.cache_parameters()["maxsize"] is not None]

    def solved(first: int, last: int) -> int:
        for i in range(first, last):
            sp.parse(f"input(H{i},W{i},3) -> conv(F{i},k{i}) -> maxpool(2) -> flatten -> dense(10)").solve().to_json()
        for function in caches:
            function.cache_clear()
        for kept in [one for one in gc.get_objects() if isinstance(one, Kept)]:  # bounded by their characters
            kept.clear()
        gc.collect()
        return len(formula._nodes)

    before = solved(0, 5)
    assert solved(5, 30) < before + 50
