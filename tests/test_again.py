"""What macros make of values that come again is kept, for each macro and each value its own."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import Number
from symparams.documents.tables import Again, cells_behind
from symparams.errors import Source
from symparams.sources.answers import read_answer


class Row:
    """A value that is equal to itself only."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_a_macro_is_asked_once_for_each_row() -> None:
    asked: list[str] = []

    def small(row: Row) -> str:
        asked.append(row.name)
        return row.name

    def large(row: Row) -> str:
        return row.name.upper()

    again, rows = Again(), [Row("a"), Row("b")]
    assert again.rows(rows, small) == again.rows(rows[::-1], small)[::-1] == [["a"], ["b"]]
    assert asked == ["a", "b"]
    assert again.rows(rows, large, small) == [["A", "a"], ["B", "b"]]
    assert again.rows([Row("a")], small) == [["a"]]
    assert asked == ["a", "b", "a", "b", "a"]


def test_a_macro_is_asked_once_for_equal_values() -> None:
    asked: list[object] = []

    def written(value: object) -> str:
        asked.append(value)
        return str(value)

    again = Again()
    assert [again.text(value, written) for value in ((1, 2), (1, 2), (2, 1))] == ["(1, 2)", "(1, 2)", "(2, 1)"]
    assert asked == [(1, 2), (2, 1)]
    assert again.text((1, 2), repr) == "(1, 2)"


def test_rows_get_more_cells_behind_those_that_they_have() -> None:
    rows = [["a"], ["b"]]
    assert cells_behind(rows, [["1", "2"], ["3", "4"]]) == [["a", "1", "2"], ["b", "3", "4"]]
    assert rows == [["a"], ["b"]]


@pytest.mark.parametrize("text", ["7", "10", "138344128", "138,344,128", "1,024", "9" * 18])
def test_a_plain_number_is_what_the_grammar_makes_of_it(text: str) -> None:
    plain = read_answer(Source("answer", text), {})
    assert plain == read_answer(Source("answer", f"({text})"), {}) == Number(int(text.replace(",", "")))
