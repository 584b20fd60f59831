"""The settings of layers that a sentence names, under their framework's names or ours, with other values for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, as_formula
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION
from symparams.model.arguments import RATE, Argument, Quoted, Raw, read
from symparams.model.layer import Layer
from symparams.model.network import Node
from symparams.questions.changed_networks import settings_of
from symparams.reading.asking import TOPICS

_OF = r"(?:\s(?:of|in|for)\s(?:the\s|my\s)?(?:\w+\s){1,3}?(?=(?:is|was)\b))?"  # of the first convolution is
_IS = r"\s?(?:=|:|\bof\b|\bto\b|\bis\b|\bwas\b)?\s?"
_VALUE = rf"{_OF}{_IS}(?P<value>True\b|False\b|None\b|['\"`]\w+['\"`]|\d{{1,6}}(?!\d|[x×*]))"
_BEFORE = r"(?<![\w.,×*=])(?P<value>\d{1,6})\s(?:\w+\s)?"
_NUMBER_OF = re.compile(r"^number of ")
_COMMON = frozenset(("activation", "layer", "layers", "length", "output", "shape", "size", "units", "value", "weights"))
_OTHERS = 2  # as which multiple of its value a number is tried where no other value is told
_WORDS = 4  # other words of a setting that are tried


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument of a layer that a sentence names."""

    node: Node  # the layer, or the one around it
    owner: Layer  # which has the argument: a layer, or one in it
    argument: Argument
    name: str  # as the framework calls it
    others: tuple[object, ...]  # other values that it could have, the one that is told or the default first
    told: bool  # whether the sentence tells the other value
    at: int  # where the sentence names it

    @property
    def topic(self) -> str:
        """What it is as something that may enter or not, as `Inquiry` has it."""
        return _topic(self.argument, self.name)

    def written(self, value: object) -> str:
        """The setting with a value, as it stands in code: groups=1."""
        if isinstance(value, tuple):
            value = value[0] if len({*value}) == 1 else value
        if isinstance(value, Formula):
            known = number(value)
            value = float(known) if isinstance(known, Fraction) else known
        return f'{self.name}="{value}"' if isinstance(value, str) else f"{self.name}={value}"


def settings_in(sentence: str, nodes: Sequence[Node]) -> Iterator[Setting]:
    """The settings of these layers that a sentence names, one for each layer and argument."""
    for node in nodes:
        for owner, argument in settings_of(node.layer):
            name = _called(owner, argument, node.derived.convention)
            if not name or argument.variadic:
                continue
            for word in _words(name, argument):
                found = re.search(rf"(?<![\w.])(?:{word})(?:{_VALUE})?(?!\w)", sentence, re.I)
                if found is not None:
                    told = found["value"] or _before(word, sentence)
                    other = _alike(_told(argument, told), getattr(owner, argument.name))
                    others = tuple(_others(owner, argument, other, _topic(argument, name) in TOPICS))
                    if others:
                        is_told = other is not None and other == others[0]
                        yield Setting(node, owner, argument, name, others, is_told, found.start())
                    break


def _called(owner: Layer, argument: Argument, convention: str) -> str:
    """What the framework calls an argument, or we where the framework has no such layer; empty: it has no name."""
    calls = [called for called in owner.calls if called.framework == convention]
    names = (one.name for called in calls for one in called.parameters() if one.argument == argument.name)
    return next(names, "" if calls else argument.name)


def _words(name: str, argument: Argument) -> Iterator[str]:
    """The words for an argument, as patterns: num_heads, number of heads, heads."""
    noun = _NUMBER_OF.sub("", argument.meaning.partition(":")[0])
    several = {str(topic): words for topic, words in TOPICS.items()}.get(_topic(argument, name), "")
    if "_" in name:
        yield re.escape(name).replace("_", "[ _-]?")
    if several:
        yield several
    if argument.name == "bias":
        yield r"use_bias|bias(?:es)?"
    elif argument.kind is ACTIVATION:
        yield r"activation(?:\s+functions?)?"
    elif noun not in _COMMON and len(noun.split()) < 3 and argument.told:
        yield re.escape(noun.removesuffix("s")) + "s?"
    if name not in _COMMON and "_" not in name:
        yield re.escape(name)


def _before(word: str, sentence: str) -> str:
    """The number in front of a word: 16 heads."""
    found = re.search(rf"{_BEFORE}(?:{word})(?!\w)", sentence, re.I)
    return found["value"] if found else ""


def _told(argument: Argument, text: str) -> object:
    """A value that a text tells of an argument; None where it is none."""
    if not text:
        return None
    with suppress(LayerError):
        return read(argument, _raw(text, argument))
    return None


def _raw(text: str, argument: Argument) -> Raw:
    word = text.strip("'\"`")
    if word.isdecimal():
        return Number(int(word))
    return word if argument.kind.words or argument.kind.answers else Quoted(word)


def _topic(argument: Argument, name: str) -> str:
    """What an argument is as something that may enter or not."""
    return name.removeprefix("num_") if argument.name not in TOPICS else argument.name


def _others(owner: Layer, argument: Argument, told: object, is_topic: bool) -> Iterator[object]:
    """Other values of an argument: the one that is told, its default, the other answer, other words, twice as much.

    Where it must be given and no other value is told, there are none but for a number that people wonder about.
    """
    value, given = getattr(owner, argument.name), argument.default is not MISSING
    if told is None and not given and not is_topic:
        return
    tried = [told, argument.default if given else None]
    if argument.kind.answers and isinstance(value, bool):
        tried.append(not value)
    if argument.kind is RATE:
        tried.append(Number(Fraction(1, 2)))
    words = list(dict.fromkeys(argument.kind.words.values()))[:_WORDS]
    seen: list[object] = [value]
    for one in (_alike(one, value) for one in (*tried, *words, _multiple(value))):
        if one is not None and one not in seen:
            seen.append(one)
            yield one


def _alike(one: object, value: object) -> object:
    """A value with as many sizes as another one."""
    if isinstance(one, tuple) and isinstance(value, tuple) and len({*one}) == 1:
        return one[:1] * len(value)
    return one


def _multiple(value: object) -> object:
    if isinstance(value, tuple) and value and all(isinstance(one, Formula) for one in value):
        several = tuple(_multiple(one) for one in value)
        return None if None in several else several
    known = number(value) if isinstance(value, Formula) else None
    return as_formula(_OTHERS * known) if isinstance(known, int) and known else None
