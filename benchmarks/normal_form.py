"""The formulas of this package against sympy's, both in the same run: what each finds, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import best, row
from symparams.algebra import equality, evaluation, order, rounding, simplification
from symparams.algebra.equality import collected, same
from symparams.algebra.evaluation import at
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Symbol, as_formula, floor
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import solutions
from symparams.algebra.substitution import replaced
from symparams.frozen import Frozen

H, W, C, F = map(Symbol, "HWCF")
HALVED = floor(floor(floor(floor(floor(H / 2) / 2) / 2) / 2) / 2)
MULTIPLES_OF_32 = Facts(remainder=Frozen({"H": (32, 0), "W": (32, 0)}))


@dataclass(frozen=True)
class Comparison:
    """The same question to both."""

    what: str
    ours: Callable[[], object]
    theirs: Callable[[Any], object]  # gets the module sympy
    ours_is: object  # what we find
    theirs_is: object  # what sympy finds


def _with(formula: Formula, letter: Symbol) -> Formula:
    return replaced(formula, "H", letter)


def _size() -> object:
    return shown(simplified(512 * HALVED * _with(HALVED, W), MULTIPLES_OF_32), SOURCE)


def _vgg(height: Any, width: Any, channels: Any, filters: Any) -> Any:
    """The number of parameters of VGG-16 as its layers say it, with formulas of either."""
    every: Any = 0
    for convolutions, times in ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8)):
        for _ in range(convolutions):
            every += (9 * channels + 1) * (times * filters)
            channels = times * filters
    for inputs, units in ((height * width * channels, 4096), (4096, 4096), (4096, 1000)):
        every += (inputs + 1) * units
    return every


def _our_vgg() -> object:
    return at(as_formula(collected(_vgg(HALVED, _with(HALVED, W), C, F))), {"H": 224, "W": 224, "C": 3, "F": 64})


# ---------------------------------------------------------------- the same in sympy


def _letters(sympy: Any) -> Any:
    return sympy.symbols("H W C F", integer=True, positive=True)


def _halved(sympy: Any, size: Any) -> Any:
    for _ in range(5):
        size = sympy.floor(size / 2)
    return size


def _equal_floors(sympy: Any) -> object:
    h, *_ = _letters(sympy)
    return sympy.simplify(_halved(sympy, h) - sympy.floor(h / 32)) == 0


def _size_of_sympy(sympy: Any) -> object:
    h, w, *_ = _letters(sympy)
    divides = sympy.Q.integer(h / 32) & sympy.Q.integer(w / 32)
    found = sympy.simplify(sympy.refine(512 * _halved(sympy, h) * _halved(sympy, w), divides))
    return "its floors stay" if found.has(sympy.floor) else str(found)


def _solved(sympy: Any) -> object:
    h, *_ = _letters(sympy)
    try:
        return str(sympy.solve(sympy.Eq(sympy.floor(h / 2), 5), h))
    except NotImplementedError as error:
        return type(error).__name__


def _vgg_of_sympy(sympy: Any) -> object:
    h, w, c, f = letters = _letters(sympy)
    every = sympy.factor_terms(sympy.expand(_vgg(_halved(sympy, h), _halved(sympy, w), c, f)))
    return int(every.subs(dict(zip(letters, (224, 224, 3, 64), strict=True))))


COMPARISONS = (
    Comparison("nested floors are equal", lambda: same(HALVED, floor(H / 32)), _equal_floors, True, False),
    Comparison("a size of multiples of 32", _size, _size_of_sympy, "H*W/2", "its floors stay"),
    Comparison(
        "which H has floor(H/2) = 5",
        lambda: solutions(floor(H / 2), "==", Number(5), "H").numbers.first(9),
        _solved,
        [10, 11],
        "NotImplementedError",
    ),
    Comparison("parameters of VGG-16 with letters", _our_vgg, _vgg_of_sympy, 138_357_544, 138_357_544),
)


def forget() -> None:
    """What every measured run begins with: nothing is kept."""
    for module in (evaluation, equality, order, rounding, simplification):
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


def compared(each: Comparison, sympy: Any, runs: int) -> tuple[float, float]:
    """Seconds of ours and of sympy, which find what they are said to find."""

    def ours() -> None:
        forget()
        assert each.ours() == each.ours_is, each.what

    def theirs() -> None:
        sympy.core.cache.clear_cache()
        assert each.theirs(sympy) == each.theirs_is, each.what

    return best(ours, runs), best(theirs, runs)


def all_of_them() -> Iterator[str]:
    """Each question to both, in turn."""
    import sympy

    for each in COMPARISONS:
        ours, theirs = compared(each, sympy, 5)
        found = "" if each.theirs_is == each.ours_is else f"; it finds: {each.theirs_is}"
        times = f"times as fast as sympy ({theirs * 1e3:.1f} ms / {ours * 1e3:.2f} ms{found})"
        yield row(f"warm, {each.what}", theirs / ours, times)
