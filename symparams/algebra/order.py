"""The order in which the field writes letters: k²CF, H·W·C, Ld², 12Ld² + 13Ld."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from symparams.algebra.formula import Formula, Function, Power, Product, Quotient, Sum, Symbol, symbols

# Letters with a place of their own; other capitals follow, then other small letters.
_CONVENTION = "kNLTDHW"


def atom_key(factor: tuple[Formula, int]) -> tuple[int, int, str, str]:
    """Where a factor stands in a product: letters, then powers, floors and brackets."""
    atom = factor[0]
    match atom:
        case Symbol(name):
            place = _CONVENTION.find(name[0])
            rank = place if place >= 0 else len(_CONVENTION) + name[0].islower()
            return (0, rank, _natural(name), "")
        case Power():
            return (1, 0, "", _text(atom))
        case _:
            return bracket_key(atom)


@lru_cache(4096)
def _text(atom: Formula) -> str:
    return repr(atom)


@lru_cache(4096)
def bracket_key(atom: Formula) -> tuple[int, int, str, str]:
    """The place of a floor or a bracket."""
    return (2, 0, _first_letter(atom), repr(atom))


def _natural(name: str) -> str:
    """The name with its number padded, so that x2 stands before x10."""
    letters = name.rstrip("0123456789")
    return letters + name[len(letters) :].zfill(8) if letters != name else name


def _first_letter(formula: Formula) -> str:
    return next((chr(32 + atom_key((s, 1))[1]) + _natural(s.name) for s in symbols(formula)), "")


TermKey: TypeAlias = "tuple[bool, bool, int, list[tuple[tuple[int, int, str, str], int]]]"


def product_key(mono: tuple[tuple[Formula, int], ...], subtracted: bool = False) -> TermKey:
    """Where a product stands in a sum: what is added first, then by degree; the number last."""
    degree = sum(exponent * _degree(atom) for atom, exponent in mono)
    return not mono, subtracted, -degree, [(atom_key(factor), -factor[1]) for factor in mono]


def _degree(atom: Formula) -> int:
    """How many letters an atom is worth: a bracket as many as its largest term."""
    match atom:
        case Sum(terms):
            return max(map(_degree, terms))
        case Product(factors):
            return sum(map(_degree, factors))
        case Symbol() | Function() | Power():
            return 1
        case Quotient(top):
            return _degree(top)
    return 0
