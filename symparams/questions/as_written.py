"""Formulas as they were written: which letters their numbers stand for, and what letters of one's own stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, permutations, product

from symparams.algebra.evaluation import Point, at, number
from symparams.algebra.formula import Formula, Number, Product, Sum, Symbol, parts, rebuilt, symbols
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Task
from symparams.questions.letters import letters_for
from symparams.questions.points import number_from

_WAYS = 256  # ways to take the numbers of a formula for letters that are tried
_OWN = 3  # letters of one's own in one answer that are understood
_RULES = 60  # rules with which a formula in letters of one's own is compared
_FACTORS = 8  # of a product that are put together
_LARGEST = 97  # of the numbers that are put in for letters

_ALONE = re.compile(r"(?<![A-Za-z_])[A-Za-z](?![A-Za-z_])")  # a letter that is a word by itself
_AXIS = re.compile(r"(?<=^[ksdp])_[hwd]$")  # k_h and k_w are written k, H_in is written H
_SAME = {"C_out": "F", "n_out": "U"}


def has_form(written: Formula, rule: Formula, letters: Mapping[str, Formula]) -> bool:
    """Whether a formula is that rule for all values of its letters, its numbers taken for letters where that fits."""
    places = _points(_names(rule) | {_short(name) for name in letters})
    wanted = [_value(rule, point) for point in places]
    return None not in wanted and any([_value(way, p) for p in places] == wanted for way in _ways(written, letters))


def formed(task: Task, answer: Sequence[Formula], matches: list[Mistake]) -> list[Mistake]:
    """Those mistakes whose rule is what was written, if there are any: the others only hit its value."""
    if len(matches) < 2 or len({*answer}) > 1 or not is_formula(answer[0]):
        return matches
    letters = letters_for(task)
    same = [m for m in matches if has_form(answer[0], m.rules[0], {**letters, **_arriving(m.rules[0])})]
    for alike in (_has_factors, _has_terms):
        same = same or [m for m in matches if alike(answer[0], m.rules[0])]
    return same or matches


def _arriving(rule: Formula) -> Mapping[str, Symbol]:
    """The sizes that arrive which a wrong rule has, though the right one may lack them: T of T·d."""
    return {name: letter for name, letter in leaves(rule).items() if letter.incoming}


def by_luck(task: Task, answer: Sequence[Formula], mistakes: Iterable[Mistake]) -> str:
    """What has to be said of a formula in letters that is right for the numbers here only."""
    letters = letters_for(task)
    if len(answer) > 1 or not any(True for _ in symbols(answer[0])) or has_form(answer[0], task.rules[0], letters):
        return ""
    for mistake in mistakes:
        if has_form(answer[0], mistake.rules[0], letters):
            made = mistake.made[0]
            return f"the number is right here, but the formula is not: {made.explanation}; {made.repair}"
    return ""


def is_formula(written: Formula) -> bool:
    """Whether an answer is more than a number."""
    return bool(parts(written)) and not isinstance(written, Number)


def in_letters_of_the_layer(
    text: str,
    read: Callable[[Mapping[str, Formula]], Formula],
    rules: Iterable[Formula],
    letters: Mapping[str, Formula],
) -> tuple[Formula, Mapping[str, Symbol]] | None:
    """A formula in letters of one's own with those of the layer in their place, if that makes it one of some rules."""
    own = {letter: Symbol(letter) for letter in _ALONE.findall(text) if letter not in letters}
    try:
        written = read({**letters, **own})
    except SymparamsError:
        return None
    unknown = list(dict.fromkeys(x.name for x in symbols(written) if x.name in own))
    if not is_formula(written) or not 0 < len(unknown) <= _OWN:
        return None
    for rule in islice(rules, _RULES):
        known = list(leaves(rule).values())
        for chosen in permutations(known, len(unknown)):
            taken = dict(zip(unknown, chosen, strict=True))
            formula = _put(written, taken)
            if _is(formula, rule):
                return formula, taken
    return None


def _put(written: Formula, taken: Mapping[str, Symbol]) -> Formula:
    return mapped(written, lambda leaf: taken.get(leaf.name, leaf) if isinstance(leaf, Symbol) else leaf)


def _is(formula: Formula, rule: Formula) -> bool:
    """Whether two formulas give the same whatever their letters are."""
    places = _points(_names(rule) | _names(formula))
    wanted = [_value(rule, point) for point in places]
    return None not in wanted and [_value(formula, point) for point in places] == wanted


def _ways(written: Formula, letters: Mapping[str, Formula]) -> Iterator[Formula]:
    """The formula with its numbers taken for letters with these values, in every way; as it stands first."""
    meanings: dict[int, list[Formula]] = {}
    for name, letter in letters.items():
        value = number(letter)
        if isinstance(value, int) and _short(name) not in {getattr(x, "name", "") for x in meanings.get(value, [])}:
            meanings.setdefault(value, []).append(Symbol(_short(name)))
    values = [leaf.value for leaf in numbers_in(written)]
    choices: list[Sequence[Formula]] = [(Number(n), *meanings.get(int(n), ())) for n in values]
    for chosen in islice(product(*choices), _WAYS):
        yield with_numbers(written, iter(chosen))


def _has_factors(written: Formula, rule: Formula) -> bool:
    """Whether a product of numbers is that rule, some of whose factors were multiplied: 2·4,096·2 for 2·32·128·2."""
    coarse, fine = _factors(written), _factors(rule)
    return 1 < len(coarse) <= len(fine) <= _FACTORS and _parts_into(sorted(fine, reverse=True), sorted(coarse))


def _has_terms(written: Formula, rule: Formula) -> bool:
    """Whether a sum of numbers is that rule, some of whose terms were put together: 5 + 1 + 2 for 1 + 4 + 1 + 2."""
    fine = _terms(rule)
    return any(
        1 < len(coarse) <= len(fine) <= _FACTORS and _adds_up_to(sorted(fine, reverse=True), sorted(coarse))
        for coarse in (_terms(written), _terms(written, apart=False))
    )


def _terms(formula: Formula, *, apart: bool = True) -> list[int]:
    """The terms of a sum of known integers, equal ones apart, 2·40 as two of them; none of what is none."""
    found: list[int] = []
    for term in formula.terms if isinstance(formula, Sum) else ():
        value = number(term)
        if not isinstance(value, int) or value < 0:
            return []
        first = term.factors[0] if apart and isinstance(term, Product) and len(term.factors) == 2 else None
        many = first.value if isinstance(first, Number) and isinstance(first.value, int) else 1
        found += [value // many] * many if 1 < many <= _FACTORS else [value]
    return [value for value in found if value]


def _adds_up_to(fine: list[int], coarse: list[int]) -> bool:
    """Whether terms can be put together to just these sums, each used once."""
    if not fine:
        return not any(coarse)
    return any(
        rest >= fine[0] and _adds_up_to(fine[1:], [*coarse[:i], rest - fine[0], *coarse[i + 1 :]])
        for i, rest in enumerate(coarse)
        if rest not in coarse[:i]
    )


def _factors(formula: Formula) -> list[int]:
    """The factors of a product of known integers; none of what is none."""
    values = [number(factor) for factor in (formula.factors if isinstance(formula, Product) else ())]
    return [v for v in values if isinstance(v, int) and v != 1] if all(isinstance(v, int) for v in values) else []


def _parts_into(fine: list[int], coarse: list[int]) -> bool:
    """Whether factors can be put together to just these products, each used once."""
    if not fine:
        return all(rest == 1 for rest in coarse)
    return any(
        rest % fine[0] == 0 and _parts_into(fine[1:], [*coarse[:i], rest // fine[0], *coarse[i + 1 :]])
        for i, rest in enumerate(coarse)
        if rest not in coarse[:i]
    )


def numbers_in(formula: Formula) -> Iterator[Number]:
    """Its numbers in reading order."""
    below = parts(formula)
    if isinstance(formula, Number):
        yield formula
    for part in below:
        yield from numbers_in(part)


def with_numbers(formula: Formula, chosen: Iterator[Formula]) -> Formula:
    """The formula with other leaves in place of its numbers, in reading order."""
    if isinstance(formula, Number):
        return next(chosen)
    below = parts(formula)
    return rebuilt(formula, tuple(with_numbers(part, chosen) for part in below)) if below else formula


# ---------------------------------------------------------------- letters alike


@lru_cache(1024)
def _short(name: str) -> str:
    """One name for letters that mean the same: F for C_out, k for k_h, H for H_in."""
    return _SAME.get(name, _AXIS.sub("", name).removesuffix("_in"))


def leaves(rule: Formula) -> dict[str, Symbol]:
    """The letters that a rule comes to, those of letters that stand for formulas put in."""
    found: dict[str, Symbol] = {}
    for letter in symbols(rule):
        if isinstance(letter.value, Formula) and not isinstance(letter.value, (Number, Symbol)):
            found |= leaves(letter.value)
        else:
            found.setdefault(_short(letter.name), letter)
    return found


def _names(rule: Formula) -> set[str]:
    return set(leaves(rule))


def _points(names: Iterable[str]) -> list[Point]:
    """Three places far from each other, the same for every formula."""
    return [{name: 2 + number_from(f"{name}/{i}") % _LARGEST for name in sorted(names)} for i in range(3)]


def _value(formula: Formula, point: Point) -> object:
    """What a formula gives where its letters have these values; None where it gives nothing."""

    def known(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol):
            return leaf
        if isinstance(leaf.value, Formula) and not isinstance(leaf.value, (Number, Symbol)):
            return mapped(leaf.value, known)
        name = _short(leaf.name)
        return Number(int(point[name])) if name in point else leaf

    try:
        return at(mapped(formula, known), {})
    except (SymparamsError, KeyError):
        return None
