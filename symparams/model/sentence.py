"""Sentences of layers, with formulas and names in them that each format writes in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias, cast

from symparams.algebra.formula import ONE, Formula, Operand, Value, as_formula
from symparams.algebra.notation import shown, size
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in

Slot: TypeAlias = "Operand | tuple[Operand, ...] | str"  # a formula; the sizes of a shape; a text or name
Form: TypeAlias = Literal["", "=", ".", "@"]  # how it is put in; see `say`

_SLOT = re.compile(r"\{([=.@]?)(\w+)(?: ([^}]*))?\}")
_ARTICLE = re.compile(r"(?:^|\W)[Aa] $")
_SPELLED_AN = re.compile(
    r"8|1[18](?!\d)|[AEFHILMNORSXaefhilmnorsx](?![a-z]{2})"
)  # an 8 × 8 block, an 11, an n × n kernel
_SINGULAR = {
    "frequencies": "frequency",
    "biases": "bias",
    "copies": "copy",
    "axes": "axis",
    "matrices": "matrix",
    "vectors of": "vector of",
}


class Put(NamedTuple):
    """What is put into a sentence."""

    form: Form  # how
    slot: Slot  # what
    plural: str  # what is counted: "input channels"; empty where nothing is


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a layer or a quantity, without its full stop; `say` makes it."""

    text: str  # with a brace for everything that is put in
    slots: tuple[tuple[str, Slot], ...]  # what that is, by name
    general: str = ""  # what is said in its place of all layers with the same rule; empty: the text

    def __bool__(self) -> bool:
        return bool(self.text or self.general)

    def in_general(self) -> Sentence:
        """What is said of all layers with the same rule, whatever their values."""
        return replace(self, text=self.general or self.text, general="")

    def pieces(self) -> Iterator[str | Put]:
        """Its words and what stands between them, in order."""
        slots = dict(self.slots)
        end = 0
        for found in _SLOT.finditer(self.text):
            yield self.text[end : found.start()]
            form, name, plural = found.groups()
            yield Put(cast("Form", form), slots[name], plural or "")
            end = found.end()
        yield self.text[end:]

    def changed(self, change: Callable[[Formula], Formula]) -> Sentence:
        """The same with every formula changed."""

        def of(slot: Slot) -> Slot:
            if isinstance(slot, tuple):
                return tuple(change(as_formula(one)) for one in slot)
            return slot if isinstance(slot, str) else change(as_formula(slot))

        return replace(self, slots=tuple((name, of(slot)) for name, slot in self.slots))

    def __str__(self) -> str:
        return written(self, str, plainly_put, plainly_put)


Text: TypeAlias = "str | Sentence"  # what is said: with nothing to put in, a text is enough


def pattern(text: Text) -> str:
    """What sentences that differ in their values only have in common."""
    return text if isinstance(text, str) else text.text


def changed(text: Text, change: Callable[[Formula], Formula]) -> Text:
    """The same with every formula changed that is put in."""
    return text if isinstance(text, str) else text.changed(change)


def say(text: str, general: str = "", /, **slots: Slot) -> Sentence:
    """A sentence into which is put what its braces name.

    `{C_in}`: the value, 32, or the sizes of a shape, 3 × 3 × 32; `{C_in input channels}`: so many of something, or of
    one; `{=block weights}`: how it comes out, 3·3·32 = 288 weights; `{.block}`: the values put in, 3·3·32; `{@name}`:
    the name of a layer, a tensor or an argument. `general` is said in its place where the sentence stands for all
    layers with the same rule, and the text is true with the values at hand only.
    """
    return Sentence(text, tuple(slots.items()), general)


def together(*sentences: Text, between: str = "; ") -> Text:
    """Several sentences as one; empty ones are left out."""
    said = [sentence for sentence in sentences if sentence]
    if all(isinstance(sentence, str) for sentence in said):
        return between.join(map(str, said))
    slots: dict[str, Slot] = {}
    texts, in_general = [], []
    for sentence in said:
        if isinstance(sentence, str):
            texts.append(sentence)
            in_general.append(sentence)
            continue
        names: dict[str, str] = {}
        for name, slot in sentence.slots:
            names[name] = name
            while slots.setdefault(names[name], slot) is not slot:
                names[name] += "_"
        texts.append(_renamed(sentence.text, names))
        in_general.append(_renamed(sentence.general, names) if sentence.general else texts[-1])
    general = between.join(in_general) if in_general != texts else ""
    return Sentence(between.join(texts), tuple(slots.items()), general)


def here_only(rule: Text, here: Text) -> Sentence:
    """What is said here, of which only the rule, its beginning, is true of all layers with the same rule."""
    assert isinstance(here, Sentence)
    return replace(here, general=(rule.general or rule.text) if isinstance(rule, Sentence) else rule)


def _renamed(text: str, names: dict[str, str]) -> str:
    if all(name == new for name, new in names.items()):
        return text

    def braces(found: re.Match[str]) -> str:
        form, name, plural = found.groups()
        return f"{{{form}{names[name]}{' ' + plural if plural else ''}}}"

    return _SLOT.sub(braces, text)


def value_of(slot: Operand) -> Value:
    """What a formula of a sentence comes to."""
    return simplified(as_formula(slot))


def with_values(slot: Operand) -> Formula:
    """A formula of a sentence with the values put in, nothing computed."""
    formula = as_formula(slot)
    while can_put_in(formula):
        formula = put_in(formula)
    return formula


def for_so_many(value: Value, plural: str) -> str:
    """The word for so many: weights, or weight for one; of several words the last is the one that changes."""
    if value not in (1, ONE):
        return plural
    return _SINGULAR.get(plural) or next(
        (plural.removesuffix(several) + one for several, one in _SINGULAR.items() if plural.endswith(f" {several}")),
        plural.removesuffix("s"),
    )


def symbols_put(put: Put) -> str:
    """What is put into a sentence in plain text, symbols in place of their values."""
    if isinstance(put.slot, str):
        return put.slot
    return size([as_formula(one) for one in (put.slot if isinstance(put.slot, tuple) else (put.slot,))], PLAIN)


def plainly_put(put: Put) -> str:
    """What is put into a sentence in plain text, with its value."""
    if put.form == "@" or isinstance(put.slot, str):
        return str(put.slot)
    if isinstance(put.slot, tuple):
        return size([value_of(one) for one in put.slot], PLAIN)
    value = value_of(put.slot)
    text = shown(value, PLAIN)
    if put.form in ("=", "."):
        rule = shown(with_values(put.slot), PLAIN)
        text = rule if put.form == "." or rule == text else f"{rule} = {text}"
    return f"{text} {for_so_many(value, put.plural)}" if put.plural else text


def written(
    sentence: Sentence, words: Callable[[str], str], put: Callable[[Put], str], plainly: Callable[[Put], str]
) -> str:
    """A sentence with its words and what is put in as they are written; `plainly` gives that as it is read aloud."""
    pieces = list(sentence.pieces())
    for at, piece in enumerate(pieces[1:]):
        before = pieces[at]
        if isinstance(piece, Put) and isinstance(before, str) and _ARTICLE.search(before):
            pieces[at] = f"{before[:-1]}n " if _SPELLED_AN.match(plainly(piece)) else before
    return "".join(words(piece) if isinstance(piece, str) else put(piece) for piece in pieces)
