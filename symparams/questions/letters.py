"""The letters that may stand in an answer: those of the network, those of the rules, the usual short ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Symbol, Value, as_formula, symbols
from symparams.algebra.substitution import mapped
from symparams.misconceptions.surroundings import sides as along_axes
from symparams.misconceptions.task import Task
from symparams.model.layer import OUTPUT_LETTERS
from symparams.model.network import Network
from symparams.quantities.clashes import without_clashes

# What an axis of what arrives is called for short, and in rules.
_ARRIVING = {"height": "H", "width": "W", "depth": "D", "length": "L", "channels": "C", "features": "n"}
_ALIKE = {"k": "kernel", "s": "stride", "d": "dilation", "p": "padding"}  # one letter for all axes, where they agree

# What people write in words, and the letters for it.
_WORDS = {
    "stride": ("s", "s_h"),
    "strides": ("s", "s_h"),
    "kernel": ("k", "k_h"),
    "kernel_size": ("k", "k_h"),
    "padding": ("p", "p_h"),
    "dilation": ("d", "d_h"),
    "filters": ("F", "C_out"),
    "in_channels": ("C_in",),
    "out_channels": ("C_out",),
    "units": ("U", "n_out"),
    "hidden_size": ("U",),
    "input_dim": ("D", "n_in"),
    "features": ("D", "n_in"),
    "timesteps": ("T",),
}


def letters_for(task: Task) -> dict[str, Formula]:
    """Every letter that an answer for a layer may have; one with a value is bound to it.

    Where names clash, the letters of the network come first, then those of the rule that is asked for.
    """
    letters = letters_of(task.network)
    letters |= {repeat.variable: repeat.symbol for repeat in task.node.repeats}
    for rules in _rules(task):
        _add(letters, (s for rule in rules for s in symbols(without_clashes(rule)) if s.value is not None))
    _add(letters, _sizes(task))
    _add(letters, _short(task, letters))
    return letters


def words_for(task: Task, known: dict[str, Formula]) -> dict[str, Formula]:
    """What an answer may have besides its letters: settings that stand in no rule, and words in place of letters."""
    words: dict[str, Formula] = {}
    _add(words, _settings(task, known))
    _add(words, _words({**words, **known}))
    return {name: formula for name, formula in words.items() if name not in known}


def letters_of(network: Network) -> dict[str, Formula]:
    """The letters of a network, those of `let` with their values."""
    letters: dict[str, Formula] = {}
    for name, value in network.symbols.items():
        if value is None:
            letters[name] = Symbol(name)
        else:
            letters[name] = Symbol(name, mapped(value, lambda leaf: _known(leaf, letters)))
    return letters


def _known(leaf: Formula, known: dict[str, Formula]) -> Formula:
    return known.get(leaf.name, leaf) if isinstance(leaf, Symbol) and leaf.value is None else leaf


def _rules(task: Task) -> Iterator[Iterable[Formula]]:
    """What is asked for, then whatever else the layer says."""
    derived = task.derived
    yield task.rules
    yield (derived.rules.parameters, *(size for t in derived.rules.tensors for size in t.sizes))
    yield (axis.size for axis in derived.rules.output)
    if derived.arriving:
        yield (derived.macs,)


def _sizes(task: Task) -> Iterator[Symbol]:
    """H_out, C_out … and H_in, C_in …"""
    derived = task.derived
    yield from (derived.out.size(axis) for axis in derived.out.axes if axis in OUTPUT_LETTERS)
    for name, letter, value in _axes(task):
        yield Symbol(f"{letter}_in", as_formula(value), f"input {name}", incoming=True)


def _axes(task: Task) -> Iterator[tuple[str, str, Value]]:
    """Every axis that arrives first: its name, its letter, its size."""
    if task.derived.arriving:
        x = task.derived.arriving[0]
        for name, value in zip(x.axis_names(), x.shape, strict=True):
            if name in _ARRIVING:
                yield name, _ARRIVING[name], value


def _short(task: Task, known: dict[str, Formula]) -> Iterator[Symbol]:
    """k, s, d and p where all axes have the same; H, W, C of what arrives; F, the filters."""
    for letter, meaning in _ALIKE.items():
        of_axes = [s for s in known.values() if isinstance(s, Symbol) and s.name in _with_axes(letter)]
        values = {s.value for s in of_axes}
        if len(values) == 1 and None not in values:  # without a value it is a letter of the network
            yield Symbol(letter, of_axes[0].value, meaning)
    for name, letter, value in _axes(task):
        yield Symbol(letter, as_formula(value), f"input {name}", incoming=True)
    if "channels" in task.derived.out.axes:
        yield Symbol("F", task.derived.out.size("channels").value, "filters")


def _settings(task: Task, known: dict[str, Formula]) -> Iterator[Symbol]:
    """The stride, dilation and padding of a window, which stand in no rule for a count."""
    sides = list(along_axes(task.derived).values()) if task.derived.arriving else []
    for letter, meaning, amounts in (
        ("s", "stride", {side.s for side in sides}),
        ("d", "dilation", {side.d for side in sides}),
        ("p", "padding", {side.p for side in sides if side.p is not None}),
    ):
        values = {number(amount) for amount in amounts}
        if letter not in known and len(values) == 1 and None not in values:
            yield Symbol(letter, as_formula(values.pop() or 0), meaning)


def _words(known: dict[str, Formula]) -> Iterator[Symbol]:
    """Letters by the words for them: stride, kernel, filters."""
    for word, names in _WORDS.items():
        letter = next((known[name] for name in names if name in known), None)
        if isinstance(letter, Symbol) and letter.value is not None:
            yield Symbol(word, letter.value, letter.meaning, letter.incoming)


def _with_axes(letter: str) -> tuple[str, ...]:
    return tuple(f"{letter}_{axis}" for axis in "hwd")


def _add(found: dict[str, Formula], more: Iterable[Symbol]) -> None:
    """Symbols under names that are free; a name that stands for two things at once stands for none."""
    new: dict[str, Symbol] = {}
    unclear: set[str] = set()
    for symbol in more:
        if symbol.value != new.setdefault(symbol.name, symbol).value:
            unclear.add(symbol.name)
    for name, symbol in new.items():
        if name not in unclear:
            found.setdefault(name, symbol)
