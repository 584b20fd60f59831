"""What formal edits make of rules of one form: worked out for the first of them, then filled with the others' numbers.

A form is a rule whose letters have lost their numbers, except 0 and 1. The convolutions of a network have a few forms
among them, so what two mistakes at once give is worked out a few times, and for the others only computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from symparams import extensions
from symparams.algebra.evaluation import Exact, at, number
from symparams.algebra.formula import ONE, ZERO, Formula, Number, Symbol, parts, symbols, total
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.layers.spatial_letters import input_sizes
from symparams.misconceptions.misconception import Bringing, Misconception
from symparams.misconceptions.task import Subject
from symparams.model.derived import Derived

Letters: TypeAlias = "dict[str, Symbol]"  # by name: the letters of one rule with their numbers
_Shared: TypeAlias = "dict[object, tuple[Formula, ...] | None]"  # forms; None: not to be shared


class Filled(NamedTuple):
    """A wrong rule: its form, and the letters that are to be put in."""

    form: Formula
    letters: Letters
    numbers: Mapping[str, int]  # what the letters stand for

    @property
    def rule(self) -> Formula:
        return mapped(self.form, lambda leaf: self.letters[leaf.name] if isinstance(leaf, Symbol) else leaf)

    @property
    def value(self) -> Exact | None:
        """What the rule gives; None where it gives nothing, or too large a number."""
        try:
            return at(self.form, self.numbers)
        except SymparamsError:
            return None


def editing(subject: Subject) -> Editing | None:
    """Edits of a rule by its form; None if it has letters without numbers, or two of one name."""
    task = subject.task
    (layer, around), (form, inside) = _seen(task.derived), _form(subject.rule)
    if around is None or inside is None:
        return None
    apart = tuple(name for name, letter in inside.items() if around.get(name, letter) is not letter)
    right = (*(_form(rule)[0] for rule in task.rules), subject.rule in task.rules)
    key = (layer, task.quantity, subject.axis, task.node.shared is None, task.settings, form, right, apart)
    return Editing(subject, {**around, **inside}, _shared(key))


@lru_cache(1024)
def _shared(key: tuple[object, ...]) -> _Shared:
    """Where edits of rules of one form note what they give."""
    return {}


class Editing:
    """Edits of one rule."""

    def __init__(self, subject: Subject, letters: Letters, shared: _Shared) -> None:
        self._subject = subject
        self._letters = letters
        self._numbers: dict[str, int] = {}
        self._shared = shared

    def made(
        self, misconception: Misconception, edited: Callable[[Misconception, Subject], Iterable[Formula]]
    ) -> Iterable[Filled] | None:
        """What a formal misconception makes of the rule; None if it must be worked out for this rule alone."""
        brought = self._brought(misconception)
        if brought is None:
            return None
        key: object = misconception
        letters = self._letters
        if brought:
            seen = ((s.name, s.incoming, _is_plain(s), _is_sound(s), self._letters.get(s.name) is s) for s in brought)
            key, letters = (misconception, *seen), {**self._letters, **{s.name: s for s in brought}}
        if key not in self._shared:
            rules = tuple(edited(misconception, self._subject))
            known = all(map(_is_sound, brought)) and all(letters.get(s.name) is s for r in rules for s in symbols(r))
            self._shared[key] = tuple(mapped(rule, _leaf) for rule in rules) if known else None
        forms = self._shared[key]
        if not forms:
            return None if forms is None else ()
        if not self._numbers:
            self._numbers = {name: _number(letter) for name, letter in self._letters.items()}
        numbers = {**self._numbers, **{s.name: _number(s) for s in brought}} if brought else self._numbers
        return [Filled(one, letters, numbers) for one in forms]

    def _brought(self, misconception: Misconception) -> tuple[Symbol, ...] | None:
        """The letters that it puts in, which are the same for all rules of the layer; None where they are not known."""
        if misconception.brings is None:
            return ()
        task = self._subject.task
        if misconception not in task.brought:
            task.brought[misconception] = _bringing(misconception.brings, task.right[0])
        brought: tuple[Symbol, ...] | None = task.brought[misconception]
        return brought


def _bringing(brings: Bringing, subject: Subject) -> tuple[Symbol, ...] | None:
    try:
        return brings(subject)
    except SymparamsError:
        return None
    except Exception as error:
        if not extensions.reported(error):
            raise
        return None


def _leaf(leaf: Formula) -> Formula:
    return Symbol(leaf.name, leaf.value if _is_plain(leaf) else None) if isinstance(leaf, Symbol) else leaf


def _is_plain(letter: Symbol) -> bool:
    """Whether a letter stands for 0 or 1, which edits leave out."""
    return letter.value is ZERO or letter.value is ONE


def _is_sound(letter: Symbol) -> bool:
    """Whether a letter stands for a whole number, and is seen to stand for 0 or 1 where it does."""
    value = number(letter)
    return type(value) is int and (value not in (0, 1) or _is_plain(letter))


def _number(letter: Symbol) -> int:
    value = number(letter)
    assert isinstance(value, int)
    return value


@lru_cache(4096)
def _form(rule: Formula) -> tuple[tuple[object, ...], Letters | None]:
    """What is equal for rules of one form, and the letters by their names; None if one has no number, or a name two."""
    seen: list[object] = []
    letters: Letters = {}
    pending, sound = [rule], True
    while pending:
        node = pending.pop()
        if isinstance(node, Symbol):
            seen += (node.name, node.incoming, _is_plain(node))
            sound &= _is_sound(node)
            sound &= letters.setdefault(node.name, node) is node
        elif isinstance(node, Number):
            seen.append(node.value)
        else:
            below = parts(node)
            seen += (type(node), len(below), getattr(node, "name", None))
            pending += below
    return tuple(seen), letters if sound else None


@lru_cache(1024)
def _seen(derived: Derived) -> tuple[tuple[object, ...], Letters | None]:
    """All that formal edits look at beside a rule, and the letters of tensors and of sizes that arrive."""
    rules = derived.rules
    x = derived.arriving[0] if derived.arriving else None
    arriving = input_sizes(x) if x is not None and 2 <= len(x.shape) <= 4 else ()
    of_tensors = [(t.name, t.kind, t.trained, *(role for _, role, _ in t.axes)) for t in rules.counted]
    every, letters = _form(total([*arriving, *(size for t in rules.counted for size in t.sizes)]))
    layer = (type(derived.layer), derived.convention, tuple(len(x.shape) for x in derived.arriving))
    return (*layer, every, tuple(of_tensors), _form(rules.parameters)[0], derived.counts.biases == 0), letters
