"""Arithmetic, comparisons and texts, as Python does them, on numbers known or not; nothing may grow without bound."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symparams.algebra.formula import Formula, Function, Power, Quotient, as_formula
from symparams.algebra.simplification import simplified
from symparams.errors import LimitError, SymparamsError
from symparams.limits import DIGITS
from symparams.reading.python.allowance import check_size
from symparams.reading.python.values import Unknown, Value, is_number, letter

_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
}

_LETTERS: dict[str, Callable[[Formula, Formula], Formula]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": Quotient,
    "FloorDiv": lambda a, b: Function("floor", (Quotient(a, b),)),
    "Mod": lambda a, b: Function("mod", (a, b)),
    "Pow": Power,
}


def operated(name: str, left: Any, right: Any) -> Any:
    """`left + right` of plain values and letters; Unknown where it has no value."""
    try:
        if isinstance(left, Formula) or isinstance(right, Formula):
            return _with_letters(name, left, right)
        _check(name, left, right)
        return _PLAIN[name](left, right)
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return Unknown("value")


def _check(name: str, left: Any, right: Any) -> None:
    """Refuse what would be too large, before it is made."""
    if name == "Mult":
        for many, few in ((left, right), (right, left)):
            if isinstance(many, (str, bytes, list, tuple)) and isinstance(few, int):
                check_size(len(many) * few)
    if name == "Add" and isinstance(left, (str, list, tuple)) and isinstance(right, (str, list, tuple)):
        check_size(len(left) + len(right))
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length()
        if (name == "Pow" and bits * abs(right) > 4 * DIGITS) or (name == "LShift" and bits + right > 4 * DIGITS):
            raise LimitError(f"a number here has more than {DIGITS:,} digits, which is the limit")
        if name == "Mult" and bits + right.bit_length() > 4 * DIGITS:
            raise LimitError(f"a number here has more than {DIGITS:,} digits, which is the limit")
    if name == "Mod" and isinstance(left, str) and (len(left) > 1_000 or re.search(r"%\D{0,3}\d{4}|\.\d{4}|\*", left)):
        raise TypeError


def formula(value: Any) -> Formula:
    """A number as a formula."""
    return as_formula(plain_number(value))


def plain_number(value: Any) -> Formula | int | Fraction:
    """A number exactly; TypeError for anything else."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return Fraction(repr(value))
    raise TypeError


def _with_letters(name: str, left: Any, right: Any) -> Any:
    made = _LETTERS[name](formula(left), formula(right))
    return settled(made)


def settled(value: Formula) -> Any:
    """A formula, worked out if nothing in it is open."""
    try:
        done = simplified(value)
    except SymparamsError:
        return value
    if isinstance(done, int):
        return done
    if isinstance(done, Fraction):
        return float(done)
    return done if isinstance(done, Formula) else value


def is_true(value: Any) -> bool | None:
    """Whether a condition holds; None where that is open."""
    if isinstance(value, Formula):
        return True  # a size is not 0
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Value):
        return True
    return bool(value)


def compared(name: str, left: Any, right: Any) -> bool | None:
    """Whether a comparison holds; None where that is open."""
    if isinstance(left, Unknown) and not isinstance(right, (Value, type(None), str)):
        left = letter(left)
    if name in ("Is", "IsNot"):
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return None if right is not None else name == "IsNot"
        same = left is right or (is_number(left) and is_number(right) and left == right)
        return same == (name == "Is")
    if name in ("In", "NotIn"):
        if isinstance(right, (str, list, tuple, dict, set)):
            if isinstance(left, Unknown):
                return None
            try:
                return (left in right) == (name == "In")
            except TypeError:
                return None
        return None
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, Formula) or isinstance(right, Formula):
        return _letters_compared(name, left, right)
    try:
        return bool(_COMPARISONS[name](left, right))
    except TypeError:
        return None


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}


def _letters_compared(name: str, left: Any, right: Any) -> bool | None:
    """Letters are taken as different from whatever is written otherwise; which is larger is open."""
    if not (is_number(left) and is_number(right)):
        return {"Eq": False, "NotEq": True}.get(name)
    apart = operated("Sub", left, right)
    if isinstance(apart, (int, float)):
        return bool(_COMPARISONS[name](apart, 0))
    return {"Eq": False, "NotEq": True}.get(name)


_KINDS: dict[str, Any] = {"int": int, "str": str, "list": list, "tuple": tuple, "float": (int, float), "dict": dict}


def is_plain(value: Any, kind: str) -> bool:
    """Whether a value is of a kind of Python's own."""
    return isinstance(value, _KINDS.get(kind, ()))
