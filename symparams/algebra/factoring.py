"""Polynomials with whole coefficients taken apart: what school algebra does is done here, the rest by sympy.

A polynomial that has a letter to the first power only is a·x + b: it falls apart exactly where a and b have a common
factor, and a has a letter less. So most totals are factored without sympy, whose import takes longer than all else.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, isqrt
from typing import Any, TypeAlias

from symparams.algebra import sympy_bridge
from symparams.algebra.formula import Formula
from symparams.algebra.normal_form import Poly
from symparams.algebra.sympy_bridge import Terms

Factors: TypeAlias = "list[tuple[Terms, int]]"  # each with its exponent


def factored(p: Poly) -> tuple[int, list[tuple[Poly, int]]] | None:
    """A normal form as a number times powers of irreducible ones; None if it has fractions or no factors.

    Atoms (letters, floors, brackets) are opaque. The simplest factors come first, in sympy's order.
    """
    atoms = list(dict.fromkeys(atom for mono in p for atom, _ in mono))
    if not atoms or any(c.denominator != 1 for c in p.values()) or any(e < 0 for m in p for _, e in m):
        return None
    place = {atom: i for i, atom in enumerate(atoms)}
    terms = {tuple(_exponents(mono, place)): int(c) for mono, c in p.items()}
    content, factors = factor_list(terms) or sympy_bridge.factor_list(terms)
    if len(factors) == 1 and factors[0][1] == 1 and content == 1:
        return None
    return content, [(_with_atoms(factor, atoms), e) for factor, e in factors]


def _exponents(mono: tuple[tuple[Formula, int], ...], place: dict[Formula, int]) -> list[int]:
    row = [0] * len(place)
    for atom, exponent in mono:
        row[place[atom]] = exponent
    return row


def _with_atoms(factor: Terms, atoms: list[Formula]) -> Poly:
    return {
        tuple((atom, e) for atom, e in zip(atoms, exponents, strict=True) if e): factor[exponents]
        for exponents in sorted(factor, reverse=True)
    }


def factor_list(terms: Terms) -> tuple[int, Factors] | None:
    """A number and the irreducible factors, the simplest first; None if sympy has to find them."""
    content, primitive = _primitive(terms)
    shift, rest = _without_letters(primitive)
    factors = _irreducible(rest)
    if factors is None:
        return None
    factors = [*_letters(shift), *factors]
    return content, sorted(factors, key=lambda f: _complexity(*f))


def _primitive(terms: Terms) -> tuple[int, Terms]:
    """A number, and what is left without it: no common divisor, and its leading coefficient is positive."""
    content = gcd(*terms.values())
    if terms[max(terms)] < 0:
        content = -content
    return content, {exponents: c // content for exponents, c in terms.items()}


def _without_letters(terms: Terms) -> tuple[tuple[int, ...], Terms]:
    """The exponents of the letters that divide all terms, and the terms without these."""
    shift = tuple(map(min, zip(*terms, strict=True)))
    return shift, {_minus(exponents, shift): c for exponents, c in terms.items()}


def _letters(shift: tuple[int, ...]) -> Iterator[tuple[Terms, int]]:
    return (({tuple(int(i == j) for j in range(len(shift))): 1}, e) for i, e in enumerate(shift) if e)


def _irreducible(terms: Terms) -> Factors | None:
    """The factors of a primitive polynomial that no letter divides; None if they are not found here."""
    degrees = tuple(map(max, zip(*terms, strict=True)))
    if not any(degrees):
        return []
    linear = [i for i, degree in enumerate(degrees) if degree == 1]
    for i in sorted(linear, key=lambda i: sum(exponents[i] for exponents in terms)):
        factors = _of_linear(terms, i)
        if factors is not None:
            return factors
    if sum(map(bool, degrees)) == 1 and max(degrees) == 2:
        return _of_quadratic(terms, degrees.index(2))
    return None


def _of_linear(terms: Terms, letter: int) -> Factors | None:
    """Of a·x + b: the common factors of a and b, and what is left, which no factor has both parts of."""
    a = {_set(exponents, letter, 0): c for exponents, c in terms.items() if exponents[letter]}
    b = {exponents: c for exponents, c in terms.items() if not exponents[letter]}
    of_a = factor_list(a)
    if of_a is None:
        return None
    common: Factors = []
    for factor, most in of_a[1]:
        times = 0
        while times < most and (divided := _divided(b, factor)) is not None:
            b, times = divided, times + 1
            a = _divided(a, factor) or a
        if times:
            common.append((factor, times))
    return [*common, (_primitive({_set(exponents, letter, 1): c for exponents, c in a.items()} | b)[1], 1)]


def _of_quadratic(terms: Terms, letter: int) -> Factors:
    """Of a·x² + b·x + c with numbers a, b, c: two brackets where its roots are fractions."""
    nothing = (0,) * len(next(iter(terms)))
    one, two = _set(nothing, letter, 1), _set(nothing, letter, 2)
    a, b, c = terms[two], terms.get(one, 0), terms.get(nothing, 0)
    root = isqrt(max(b * b - 4 * a * c, 0))
    if root * root != b * b - 4 * a * c:
        return [(terms, 1)]
    brackets = [_primitive({one: 2 * a, nothing: b + sign * root})[1] for sign in (1, -1)]
    return [(brackets[0], 2)] if root == 0 else [(bracket, 1) for bracket in brackets]


def _divided(terms: Terms, by: Terms) -> Terms | None:
    """The quotient; None if the division leaves a rest."""
    rest, quotient, lead = dict(terms), dict[tuple[int, ...], int](), max(by)
    while rest:
        top = max(rest)
        shift = _minus(top, lead)
        times, left = divmod(rest[top], by[lead])
        if left or min(shift) < 0:
            return None
        quotient[shift] = times
        for exponents, c in by.items():
            place = tuple(e + s for e, s in zip(exponents, shift, strict=True))
            value = rest.get(place, 0) - times * c
            if value:
                rest[place] = value
            else:
                rest.pop(place, None)
    return quotient


def _set(exponents: tuple[int, ...], letter: int, exponent: int) -> tuple[int, ...]:
    return (*exponents[:letter], exponent, *exponents[letter + 1 :])


def _minus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(e - s for e, s in zip(one, other, strict=True))


def _complexity(factor: Terms, exponent: int) -> tuple[int, int, list[Any]]:
    """What sympy sorts factors by: the degree in the first letter, the exponent, the coefficients."""
    rows = _rows(factor, len(next(iter(factor))))
    return len(rows), exponent, rows


def _rows(terms: Terms, letters: int) -> list[Any]:
    """The coefficients by falling powers of the first letter, each by falling powers of the next …"""
    degree = max((exponents[0] for exponents in terms), default=0)
    parts = [{e[1:]: c for e, c in terms.items() if e[0] == power} for power in range(degree, -1, -1)]
    if letters == 1:
        return [part.get((), 0) for part in parts] if terms else []
    return [_rows(part, letters - 1) for part in parts]
