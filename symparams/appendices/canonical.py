"""When two rules are one: the same formula in other letters, or one formula under other settings of a layer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from symparams.algebra.equality import expanded
from symparams.algebra.formula import ONE, ZERO, Formula, Function, Number, Sum, Symbol, parts, rebuilt, symbols, total
from symparams.algebra.normal_form import value_of
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import poly
from symparams.algebra.substitution import mapped, renamed, without_values
from symparams.model.layer import Layer

# Settings under which a rule has a letter less: the argument of the layer, its letter, and what that then is.
SETTINGS: dict[str, tuple[str, Number]] = {
    "stride": ("s", ONE), "padding": ("p", ZERO), "dilation": ("d", ONE), "groups": ("g", ONE),
    "layers": ("n", ONE), "shared": ("s", ZERO),
}  # fmt: skip
_COUNTED = re.compile(r"(.+)_\d+")  # a letter that has a number because its name was taken: g_1
_OF_AXIS = re.compile("([a-z])_[hwdl]([12]?)")  # a setting that differs from axis to axis, or at its ends
_ONE_AXIS = {"k_h": "k", "H_in": "L_in", "H_out": "L_out"}  # of rules over all axes: as they are for a sequence
_FURTHER = {"k_w", "k_d", "W_in", "D_in", "W_out", "D_out"}  # which are 1 then
_ANY_AXIS = {"H_in": "L_in", "W_in": "L_in", "D_in": "L_in", "k_h": "k", "k_w": "k", "k_d": "k"}  # of one axis
_MEMORY = {"d_m": "d", "T_m": "T"}  # of a second input: what they are where there is none


@dataclass(frozen=True, slots=True)
class Features:
    """The settings that a rule is written for."""

    letters: frozenset[str]  # those of SETTINGS whose letter is in it
    axes: int  # how many kernel sizes or positions are multiplied in it; 0: it is about one axis
    bias: bool  # whether biases are counted in it
    rounded_up: bool  # whether the last window may reach over the end
    at_positions: bool  # whether it multiplies by the number of positions
    memory: bool  # whether a second input is read
    terms: int = 0  # how many sizes of as many inputs are added in it; 0: it is no such sum


NONE = Features(frozenset(), 0, False, False, False, False)  # of rules that all layers have


@lru_cache(4096)
def canonical(rule: Formula) -> Formula:
    """The rule in free letters; a letter has no number behind it that it needs in its network only."""
    rule = without_values(rule)
    names = {s.name for s in symbols(rule)}
    bases = Counter(found[1] for name in names if (found := _COUNTED.fullmatch(name)))
    alone = {base for base, many in bases.items() if many == 1 and base not in names}
    return renamed(rule, {n: f[1] for n in names if (f := _COUNTED.fullmatch(n)) and f[1] in alone})


@lru_cache(4096)
def of_one_axis(rule: Formula) -> Formula:
    """The canonical rule of a size, which holds along every axis, with its settings for that axis."""
    rule = canonical(rule)
    others: dict[str, str] = {}
    for name in (s.name for s in symbols(rule)):
        found = _OF_AXIS.fullmatch(name)
        if found and found[1] != "k":
            others[name] = f"{found[1]}_{found[2]}" if found[2] else found[1]
    return renamed(rule, others)


@lru_cache(8192)
def text_of(rule: Formula) -> str:
    """Equal for rules that are equal, in whatever order they are written."""
    return shown(value_of(expanded(poly(rule))), PLAIN)


def features(rule: Formula, layer: Layer, bias: bool, is_size: bool) -> Features:
    """The settings that a rule of a layer, made canonical, is written for."""
    names = {s.name for s in symbols(rule)}
    heads = {name.partition("_")[0] for name in names}
    letters = {what for what, (letter, _) in SETTINGS.items() if letter in heads and hasattr(layer, what)}
    if "k" not in heads:
        letters.discard("padding")  # there it is not a setting, but what the layer does
    positions = names & {"L_out", "H_out", "L_in", "H_in"}
    axes = 0 if is_size else 1 + len({name[2] if name[0] == "k" else name[0].lower() for name in names & _FURTHER})
    return Features(
        frozenset(letters),
        axes,
        bias,
        is_size and _rounds_up(rule) and "k" in heads,
        not is_size and bool(positions) and "k" not in heads,
        bool(names & set(_MEMORY)),
        _terms(rule),
    )


def _terms(rule: Formula) -> int:
    """How many numbered sizes are added: C_1 + C_2."""
    names = [one.name for one in rule.terms if isinstance(one, Symbol)] if isinstance(rule, Sum) else []
    numbered = [f"{names[0].partition('_')[0]}_{n}" for n in range(1, len(names) + 1)] if names else []
    return len(names) if numbered and len(names) == len(parts(rule)) and names == numbered else 0


def _rounds_up(rule: Formula) -> bool:
    return (isinstance(rule, Function) and rule.name == "ceil") or any(map(_rounds_up, parts(rule)))


def neutral(rule: Formula, of: Features, is_size: bool) -> Formula:
    """The rule with every setting as if it were not there."""
    rule = without(rule, of.letters)
    if of.rounded_up:
        rule = rounded_down(rule)
    if is_size:
        return any_axis(rule)
    if of.terms:
        rule = total(parts(rule)[:2])
    rule = one_axis(rule)
    if of.at_positions:
        rule = _put(rule, lambda s: ONE if s.name in ("L_out", "L_in") else None)
    return renamed(rule, {s.name: _MEMORY[s.name] for s in symbols(rule) if s.name in _MEMORY})


def any_axis(rule: Formula) -> Formula:
    """The rule of a size, in the same letters along every axis."""
    return renamed(rule, {s.name: _ANY_AXIS[s.name] for s in symbols(rule) if s.name in _ANY_AXIS})


def without(rule: Formula, settings: frozenset[str]) -> Formula:
    """The rule for the values of these settings that change nothing: stride 1, no padding."""
    values = dict(SETTINGS[what] for what in settings)
    return _put(rule, lambda s: values.get(s.name.partition("_")[0]))


def one_axis(rule: Formula) -> Formula:
    """A rule over all axes, as it is where there is a single one."""
    rule = _put(rule, lambda s: ONE if s.name in _FURTHER else None)
    return renamed(rule, {s.name: _ONE_AXIS[s.name] for s in symbols(rule) if s.name in _ONE_AXIS})


def rounded_down(rule: Formula) -> Formula:
    """The same with floors in place of ceilings."""
    below = tuple(map(rounded_down, parts(rule)))
    if isinstance(rule, Function) and rule.name == "ceil":
        return Function("floor", below)
    return rebuilt(rule, below) if below else rule


def _put(rule: Formula, value: Callable[[Symbol], Formula | None]) -> Formula:
    def change(leaf: Formula) -> Formula:
        found = value(leaf) if isinstance(leaf, Symbol) else None
        return leaf if found is None else found

    return mapped(rule, change)
