"""What `import symparams as sp` gives: derivations, exams and marks; all of it compared, hashed and sent by content."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

import symparams as sp
from symparams import errors
from symparams.algebra.choices import Choices
from symparams.errors import Place, Source, SymparamsError


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


def sent(value: Any) -> Any:
    """What arrives in another process."""
    return pickle.loads(pickle.dumps(value))


# ---------------------------------------------------------------- errors


class OddError(SymparamsError):
    """With arguments of its own, as a user's subclass may have."""

    def __init__(self, *, count: int) -> None:
        super().__init__(f"{count} are too many")
        self.count = count


def family(kind: type[SymparamsError]) -> Iterator[type[SymparamsError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from family(below)


PLACE = Place(Source("net.arch", "input(3)\n-> dense(0)\n"), 12)
ARGUMENTS: dict[type[SymparamsError], Any] = {
    errors.RangeError: lambda: errors.RangeError("7 is no value of k", PLACE, "k", Choices([range(3, 6, 2)])),
    OddError: lambda: OddError(count=3),
}


def made(kind: type[SymparamsError]) -> SymparamsError:
    error: SymparamsError = ARGUMENTS.get(kind, lambda: kind("0 units", PLACE))()
    error.matter = f"dense_1: {error.matter}"  # as whoever knows the layer does
    error.place = PLACE
    if isinstance(error, sp.LayerError):
        error.argument = 2
    error.add_note("while an exam was made")
    return error


def raised(kind: type[SymparamsError]) -> None:
    raise made(kind)


@pytest.mark.parametrize("kind", list(family(SymparamsError)))
def test_errors_arrive_from_another_process(kind: type[SymparamsError], pool: ProcessPoolExecutor) -> None:
    error = pool.submit(raised, kind).exception(timeout=60)
    assert type(error) is kind
    assert str(error) == str(made(kind))
    assert vars(error) == vars(made(kind))
    assert error == made(kind)
    assert hash(error) == hash(made(kind))
    assert error != SymparamsError("another", PLACE)
    assert str(sent(error)) == str(error)


def parsed(text: str) -> Any:
    return sp.parse(text)


def test_an_error_of_the_language_arrives_with_its_place(pool: ProcessPoolExecutor) -> None:
    text = "range k in 3, 5\ninput(28, 28, 1) -> conv(8, k)"
    there = pool.submit(parsed, text.replace("k)", "k) -> dens(3)")).exception(timeout=60)
    with pytest.raises(SymparamsError) as here:
        parsed(text.replace("k)", "k) -> dens(3)"))
    assert there == here.value
    assert str(there) == str(here.value)
    assert str(there).endswith("^")
