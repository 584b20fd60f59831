"""What is earned as a user says it: by a word, or by a table of mistakes and the share of the points of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from symparams import extensions
from symparams.errors import Place, Source, SymparamsError, listed, nearest
from symparams.exams.credit import OTHERS, POLICIES, Credit, Shares, penalty_of, read_share
from symparams.files import is_there, read_source
from symparams.frozen import Frozen
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.totals import OF_LAYERS

_COLUMNS = ["mistake", "share"]
_EXAMPLE = "biases left out,0.25"
_LINES = 10_000  # of a table
_SHOWN = 60  # characters of a cell in a message


def credit_of(given: str | Path | Mapping[str, object], penalty: object = 0) -> Credit:
    """What is earned by a policy, by the table in a file, or by mistakes with their shares."""
    cost = penalty_of(penalty)
    if isinstance(given, Mapping):
        shares = {_checked(str(name), None): _share(str(share), None) for name, share in given.items()}
        return Credit(shares=Frozen(shares), penalty=cost)
    policy = next((policy for policy in POLICIES if policy == given), None)
    if policy is not None:
        return Credit(policy, penalty=cost)
    if isinstance(given, str) and not Path(given).suffix and not is_there(given):
        near = nearest(given, POLICIES)
        raise SymparamsError(
            f"credit is {listed(POLICIES, 'or')}, or a CSV file with mistakes and their shares; there is no file "
            f"`{_short(given)}`{near}"
        )
    return Credit(shares=read_shares(read_source(Path(given))), penalty=cost)


def read_shares(source: Source) -> Shares:
    """The shares in a CSV text with the columns mistake and share."""
    rows = _rows(source)
    _, place, header = next(rows, (1, Place(source, 0), []))
    if [cell.casefold() for cell in header] != _COLUMNS:
        found = listed([f"`{_short(cell)}`" for cell in header[:6]]) or "nothing"
        raise SymparamsError(f"the first line must be `{','.join(_COLUMNS)}`; here is {found}", place)
    shares: dict[str, Fraction] = {}
    lines: dict[str, int] = {}  # where each name stands
    for line, place, cells in rows:
        if len(cells) != len(_COLUMNS):
            count = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            raise SymparamsError(f"a mistake and its share are expected, as in `{_EXAMPLE}`, not {count}", place)
        name = _checked(cells[0], place)
        if name in lines:
            raise SymparamsError(f"`{_short(name)}` has a share in line {lines[name]} already", place)
        lines[name], shares[name] = line, _share(cells[1], place)
    if not shares:
        raise SymparamsError(f"below the first line a mistake and its share are expected, as in `{_EXAMPLE}`", place)
    return Frozen(shares)


def _rows(source: Source) -> Iterator[tuple[int, Place, list[str]]]:
    """The lines that are not empty: their numbers, where they begin, their cells."""
    offset = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        place, offset = Place(source, offset), offset + len(line) + 1
        if number > _LINES:
            raise SymparamsError(f"a table of shares has at most {_LINES:,} lines", place)
        try:
            rows = list(csv.reader(io.StringIO(line.strip(), newline=""), strict=True))
        except csv.Error as error:
            raise SymparamsError(f"this line is no CSV: {error}", place) from None
        cells = [cell.strip() for row in rows for cell in row]
        if any(cells):
            yield number, place, cells


def _checked(name: str, place: Place | None) -> str:
    """The name of a mistake that there is."""
    every: tuple[Misconception, ...] = (*CATALOGUE.values(), *OF_SHAPES, *OF_LAYERS)
    known = [OTHERS, *dict.fromkeys(one.name for one in every)]
    if name in known or extensions.find("misconception", name) is not None:
        return name
    near = nearest(name, [*known, *extensions.names("misconception")])
    available = near or "; `symparams misconceptions` lists those that there are"
    raise SymparamsError(f"there is no mistake `{_short(name)}`{available}", place)


def _share(text: str, place: Place | None) -> Fraction:
    share = read_share(text)
    if share is None or share >= 1:
        expected = "a number from 0 up to less than 1 is expected, such as 0.25, 1/3 or 25%"
        raise SymparamsError(f"`{_short(text)}` is no share for a wrong answer; {expected}", place)
    return share


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
