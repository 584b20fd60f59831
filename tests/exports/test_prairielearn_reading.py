"""What is typed in PrairieLearn is read as Python's own arithmetic reads it, or refused in words."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symparams.exports.prairielearn_server import AnswerError, read
from tests.exports.prairielearn_samples import LETTERS, POINTS

FORMULA = {"kind": "formula", "letters": LETTERS, "at": POINTS}
KINDS = ("integer", "number", "shape", "formula")

_ATOMS = st.one_of(st.sampled_from(LETTERS), st.integers(0, 999).map(str))


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", " / ", "//", " % "]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "+"]), inner).map("".join),
        inner.map("({})".format),
        inner.map("floor({})".format),
        inner.map("ceil( {} )".format),
        st.tuples(inner, inner).map(lambda pair: f"max({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        st.tuples(_ATOMS, st.sampled_from(["**2", "**3", "**-1", "**2**2"])).map("".join),
    )


FORMULAS = st.recursive(_ATOMS, _larger, max_leaves=12)


def _python(text: str) -> list[Fraction | None]:
    """What Python makes of a formula that this file has made, at each point; None where it divides by zero."""
    exact = "".join(f"Q({part})" if part.isdigit() else part for part in _parts(text))
    names = {"Q": Fraction, "floor": floor, "ceil": ceil, "max": max, "min": min}
    values: list[Fraction | None] = []
    for point in POINTS:
        try:
            values.append(Fraction(eval(exact, dict(names), {name: Fraction(value) for name, value in point.items()})))
        except ZeroDivisionError:
            values.append(None)
    return values


def _parts(text: str) -> list[str]:
    parts = [""]
    for sign in text:
        if sign.isdigit() != parts[-1].isdigit():
            parts.append("")
        parts[-1] += sign
    return parts


@given(FORMULAS)
@settings(deadline=None, max_examples=300)
def test_formulas_are_read_as_python_reads_them(text: str) -> None:
    expected = _python(text)
    if set(expected) == {None}:
        with pytest.raises(AnswerError, match="divides by zero"):
            read(FORMULA, text)
    else:
        assert read(FORMULA, text) == " ".join("-" if value is None else str(value) for value in expected)


@given(st.integers(-(10**30), 10**30))
def test_whole_numbers_in_every_writing(number: int) -> None:
    for text in (f"{number}", f"{number:,}", f"{number:_}", f"{number:,}".replace(",", " "), f" {number}.0 "):
        assert read({"kind": "integer"}, text) == read({"kind": "number"}, text) == str(number)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_shapes_in_every_writing(sizes: list[int]) -> None:
    for text in ("x".join(map(str, sizes)), ", ".join(map(str, sizes)), f"({' × '.join(map(str, sizes))})", f"{sizes}"):
        assert read({"kind": "shape"}, text) == "x".join(map(str, sizes))
    if len(sizes) > 1:
        assert read({"kind": "shape"}, " x ".join(f"{size:,}" for size in sizes)) == "x".join(map(str, sizes))


_SIGNS = st.text("kFC_in0123456789+-*/%^(),.⌊⌋⌈⌉²³x×·− floormaxin'{}[]", max_size=60)


@given(st.one_of(st.text(max_size=200), _SIGNS))
@settings(deadline=None, max_examples=1000)
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    for kind in KINDS:
        said = _read_or_refused({**FORMULA, "kind": kind}, text)
        assert said
        assert said.startswith("refused: ") or said.isascii()


def _read_or_refused(field: dict[str, object], text: str) -> str:
    try:
        return read(field, text)
    except AnswerError as refused:
        return f"refused: {refused}"
