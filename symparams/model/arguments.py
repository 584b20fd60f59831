"""The kinds of argument a layer can have: how each is read, what words it takes, what it refuses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import CHANNELS, Formula, Function, Quotient, Symbol, parts
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import LayerError, listed, nearest
from symparams.model.layer import Layer

Raw: TypeAlias = "Formula | tuple[Any, ...] | str | Quoted | Layer | Named"  # an expression, sizes, a word, a text …


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text between quotes."""

    text: str


class Range(NamedTuple):
    """Numbers from a smallest to a largest one."""

    least: int
    most: int | None = None  # None: there is no largest one
    open: bool = False  # whether the smallest itself is not one of them

    def __contains__(self, value: object) -> bool:
        assert isinstance(value, (int, Fraction))
        above = value > self.least if self.open else value >= self.least
        return above and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Named:
    """A layer of the network by its name: @words."""

    name: str  # as it stands behind @
    layer: Layer  # what it names


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of argument."""

    expects: str  # for messages: "a whole number of at least 1"
    read: Callable[[Raw], object]  # raises ValueError for what it does not take
    words: Mapping[str, object] = dataclasses.field(default_factory=dict)  # flag word: the value it gives
    least: int | None = None  # the smallest number, for kinds that are whole numbers
    within: Range | None = None  # the numbers that it takes, for kinds that need not be whole
    answers: Mapping[str, bool] = dataclasses.field(
        default_factory=dict
    )  # of a switch: yes, no and what means the same


def argument(
    kind: Kind,
    meaning: str,
    default: object = dataclasses.MISSING,
    *,
    short: str = "",
    keyword: bool = False,
    variadic: bool = False,
    told: bool = False,
    tacit: bool = True,
    weightless: bool = False,
) -> Any:
    """A field that is an argument of a layer.

    `keyword`: never positional, `variadic`: takes all positionals, `told`: a reader of English understands it by its
    noun and value, so that an exam can describe the layer in a sentence; `tacit`: that sentence may leave out a default
    that says nothing; `weightless`: no number of weights depends on it, so that a question on them may leave it out.
    """
    about = {"kind": kind, "meaning": meaning, "short": short, "keyword": keyword, "variadic": variadic}
    about |= {"told": told, "tacit": tacit, "weightless": weightless}
    return dataclasses.field(default=default, metadata=about, kw_only=keyword)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as the catalogue describes it."""

    name: str  # the keyword
    short: str  # its short keyword, or ""
    kind: Kind  # what it accepts
    meaning: str  # "noun: explanation", as documents say it
    default: object  # dataclasses.MISSING where it must be given
    positional: bool  # whether it can be given without its keyword
    variadic: bool  # whether it takes all positional values
    told: bool  # whether a reader of English understands it by its noun and value
    tacit: bool  # whether a default that says nothing may be left out of a sentence
    weightless: bool  # whether no number of weights depends on it


_known: dict[type[Layer], tuple[Argument, ...]] = {}


def arguments_of(layer: type[Layer]) -> tuple[Argument, ...]:
    """The arguments of a layer: those without a keyword first, which a class may add to those of its base."""
    if layer not in _known:
        _known[layer] = tuple(sorted(_declared(layer), key=lambda a: not a.positional))
    return _known[layer]


def _declared(layer: type[Layer]) -> Iterator[Argument]:
    for f in dataclasses.fields(layer):
        about = f.metadata
        if "kind" not in about:
            continue  # a field of the engine's own, not of the language
        yield Argument(
            f.name, about["short"], about["kind"], about["meaning"], f.default, not about["keyword"], about["variadic"],
            about["told"], about["tacit"], about["weightless"],
        )  # fmt: skip


# ---------------------------------------------------------------- whole numbers


def _require_whole(formula: Formula) -> None:
    """Every division of known numbers must come out whole."""
    if isinstance(formula, Function) and formula.name in ("floor", "ceil"):
        return
    if isinstance(formula, Symbol) and formula.value is not None and formula.name != CHANNELS:
        _require_whole(formula.value)
    for part in parts(formula):
        _require_whole(part)
    known = number(formula) if isinstance(formula, Quotient) else None
    if isinstance(known, Fraction):
        assert isinstance(formula, Quotient)
        top, bottom = number(formula.top), number(formula.bottom)
        text = shown(formula, SOURCE)
        values = "" if text == f"{top}/{bottom}" else f", here {top}/{bottom},"
        raise LayerError(
            f"the division {text}{values} does not come out whole; floor({text}) or ceil({text}) would round it"
        )


def whole_number(raw: Raw, least: int) -> Formula:
    """The expression itself, if it is whole and at least `least` as far as is known."""
    if not isinstance(raw, Formula):
        raise ValueError
    _require_whole(raw)
    known = number(raw)
    if known is None or (isinstance(known, int) and known >= least):
        return raw
    raise ValueError


def _sizes(raw: Raw, least: int) -> tuple[Formula, ...]:
    if isinstance(raw, tuple):
        return tuple(whole_number(one, least) for one in raw)
    return (whole_number(raw, least),)


_SHARE, _NOT_NEGATIVE, _POSITIVE = Range(0, 1), Range(0), Range(0, open=True)


def _number(raw: Raw, within: Range) -> Formula:
    """The expression itself, if it lies within the range as far as is known."""
    known = number(raw) if isinstance(raw, Formula) else None
    if not isinstance(raw, Formula) or (known is not None and known not in within):
        raise ValueError
    return raw


def _integer(raw: Raw) -> int:
    known = number(raw) if isinstance(raw, Formula) else None
    if not isinstance(known, int):
        raise ValueError
    return known


def _position(raw: Raw) -> Formula:
    """The expression itself, if it is whole as far as is known."""
    if not isinstance(raw, Formula) or isinstance(number(raw), Fraction):
        raise ValueError
    return raw


def _never(raw: Raw) -> object:
    raise ValueError


def _pairs(raw: Raw) -> tuple[tuple[Formula, Formula], ...]:
    """3 -> both sides 3; (1, 2) -> an amount an axis; ((1, 2), (3, 4)) -> before and after on each axis."""
    if not isinstance(raw, tuple):
        one = whole_number(raw, 0)
        return ((one, one),)
    sides = []
    for part in raw:
        if isinstance(part, tuple):
            before, after = (whole_number(side, 0) for side in part)
            sides.append((before, after))
        else:
            sides.append((whole_number(part, 0),) * 2)
    return tuple(sides)


COUNT = Kind("a whole number of at least 1", lambda raw: whole_number(raw, 1), least=1)
SIZES = Kind("a size of at least 1, such as 3, 3x5 or (k_h, k_w)", lambda raw: _sizes(raw, 1), least=1)
TOTALS = Kind("an amount of at least 0, such as 1, (1, 2) or ((0, 1), (0, 1))", _pairs, least=0)
RATE = Kind("a rate from 0 to 1", lambda raw: _number(raw, _SHARE), within=_SHARE)
AXIS = Kind("the number of an axis: 1 is the first, -1 the last", _integer)
POSITION = Kind("a position: 0 is the first, -1 the last", _position)


def _layer(raw: Raw) -> Layer:
    if not isinstance(raw, Layer):
        raise ValueError
    return raw


def _named(raw: Raw) -> Layer:
    if not isinstance(raw, Named):
        raise ValueError
    return raw.layer


def _text(raw: Raw) -> str:
    if not isinstance(raw, Quoted):
        raise ValueError
    return raw.text


def _integers(raw: Raw) -> tuple[int, ...]:
    return tuple(map(_integer, raw)) if isinstance(raw, tuple) else (_integer(raw),)


def _target(raw: Raw) -> tuple[Formula, ...]:
    """Sizes of which one may be -1: whatever is left."""

    def one(part: Raw) -> Formula:
        if isinstance(part, Formula) and number(part) == -1:
            return part
        return whole_number(part, 1)

    return tuple(map(one, raw)) if isinstance(raw, tuple) else (one(raw),)


def _factors(raw: Raw) -> tuple[Formula, ...]:
    """Positive factors, whole or not."""
    return tuple(_number(one, _POSITIVE) for one in (raw if isinstance(raw, tuple) else (raw,)))


# In a signature these go with `argument(…)` like the kinds above.
LAYER = Kind("a layer, such as lstm(64)", _layer)  # the value is a Layer
NAMED = Kind("the name of a layer, such as @words", _named)  # the value is a Layer
TEXT = Kind('a text between quotes, such as "ab,bc->ac"', _text)  # the value is a str
INTEGERS = Kind("numbers of axes, such as 2, 1", _integers)  # the value is a tuple of int
TARGET = Kind("sizes of at least 1, one of which may be -1", _target, least=1)  # the value is a tuple of Formula
NOT_NEGATIVE = Kind(
    "a number of at least 0", lambda raw: _number(raw, _NOT_NEGATIVE), within=_NOT_NEGATIVE
)  # the value is a Formula, whole or not
SETTINGS = Kind("numbers or texts", lambda raw: (raw,))  # no shape depends on them; the value is a tuple
FACTORS = Kind("a factor above 0, such as 2 or (2, 1.5)", _factors, within=_POSITIVE)  # the value is a tuple of Formula


EXTRA = Kind("a number of at least 0, such as 1 or (1, 0)", lambda raw: _sizes(raw, 0), least=0)
KEEP = "keep"  # the word for a size that stays


def _kept_sizes(raw: Raw) -> tuple[Formula | None, ...]:
    """Sizes, None where one stays."""
    several = raw if isinstance(raw, tuple) else (raw,)
    return tuple(None if isinstance(one, str) and one == KEEP else whole_number(one, 1) for one in several)


KEPT_SIZES = Kind("a size of at least 1, or keep, such as 7 or (7, keep)", _kept_sizes, {KEEP: (None,)}, least=1)


def choice(*words: str, **synonyms: object) -> Kind:
    """One of several words; a synonym gives the word it stands for."""
    values: dict[str, object] = {word: word for word in words} | synonyms
    return Kind("one of " + ", ".join(dict.fromkeys(map(str, values.values()))), _never, values)


def switch(word: str = "") -> Kind:
    """yes or no; `word` alone as a flag means yes."""
    return Kind("yes or no", _never, {word: True} if word else {}, answers=ANSWERS)


ANSWERS = {"yes": True, "no": False, "true": True, "false": False}


def padding(*words: str) -> Kind:
    """A padding: one of some words, or a number for both sides."""
    expects = f"{', '.join(words)}, or a number of at least 0"
    return Kind(expects, lambda raw: _sizes(raw, 0), {word: word for word in words}, least=0)


PADDING = padding("same", "valid")


def takes_word(argument: Argument, word: str) -> bool:
    """Whether a bare word is meant as a word of this argument, perhaps misspelled, and not as a letter."""
    words = argument.kind.words
    only_words = argument.kind.read is _never
    return only_words or word.casefold() in words or (len(word) > 2 and bool(nearest(word, words)))


def read(argument: Argument, raw: Raw, called: str = "") -> object:
    """The value of an argument from what the user wrote for it; messages call it by its name, or as it is called."""
    kind = argument.kind
    if isinstance(raw, str):
        word = raw.casefold()
        if word in kind.words:
            return kind.words[word]
        if word in kind.answers:
            return kind.answers[word]
    try:
        return kind.read(raw)
    except ValueError:
        refused = f"must be {_expected(kind)}, not {described(raw)}{_hint(kind, raw)}"
        raise LayerError(f"{called or argument.name} {refused}") from None


_MANY = 10  # words that a message can name all of


def _expected(kind: Kind) -> str:
    words = list(dict.fromkeys(map(str, kind.words.values())))
    if kind.read is _never and len(words) > _MANY:
        return f"a word such as {listed(words[:3], 'or')}"
    return kind.expects


def _hint(kind: Kind, raw: Raw) -> str:
    """What to write in place of what an argument does not take."""
    if isinstance(raw, str):
        return nearest(raw, kind.words)
    if isinstance(raw, Quoted) and (kind.answers or raw.text.casefold() in kind.words):
        return "; leave out the quotes"
    if isinstance(raw, Quoted):
        return nearest(raw.text, kind.words)
    if kind is LAYER and isinstance(raw, Symbol) and raw.value is None:
        return f"; a layer here has brackets: {raw.name}(…)"
    return "; write the layer itself" if kind is LAYER and isinstance(raw, Named) else ""


def described(raw: Raw) -> str:
    """What was written for an argument, for a message."""
    if isinstance(raw, tuple):
        return f"({', '.join(map(described, raw))})"
    if isinstance(raw, Quoted):
        return f'"{raw.text}"'
    if isinstance(raw, Named):
        return f"@{raw.name}"
    if isinstance(raw, Layer):
        return f"the layer {raw.called}"
    if isinstance(raw, str):
        return raw
    assert isinstance(raw, Formula)
    text, known = shown(raw, SOURCE), number(raw)
    return text if known is None or shown(known, SOURCE) == text else f"{text} = {shown(known, SOURCE)}"
