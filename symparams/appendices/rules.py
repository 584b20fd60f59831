"""The rules of several networks, each once, with what it is called, why it holds and where it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, get_args

from symparams.algebra.formula import Symbol, as_formula, symbols
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.substitution import without_values
from symparams.appendices.canonical import any_axis, text_of
from symparams.appendices.entries import QUANTITIES, all_found, found_fields
from symparams.appendices.identity import Found, Identity
from symparams.appendices.labels import label_of
from symparams.appendices.record import Case, Example, Rule, RuleGroup
from symparams.documents.solution import Solution
from symparams.figures.windows import Windows, windows_of
from symparams.model.derived import Derived
from symparams.model.family import Family
from symparams.model.sentence import Sentence, Slot, Text, pattern
from symparams.model.tensor import Convention
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.settings import Settings
from symparams.references import REFERENCES, Citation, sources_of

_COURSE: Mapping[str, int] = {name: at for at, name in enumerate(get_args(Family))}
_TITLES = {"shape": "Output sizes", "params": "Parameters", "field": "Receptive fields"}


@dataclass
class Collected:
    """The rules that layers have, before they are numbered."""

    found: dict[Identity, list[Found]] = field(default_factory=dict)
    rules: dict[Identity, Rule] = field(default_factory=dict)  # when they are numbered
    conventions: set[Convention] = field(default_factory=set)  # of the networks whose rules they are
    examples: dict[Identity, Example] = field(default_factory=dict)  # of the rules for spatial sizes
    _seen: set[Derived] = field(default_factory=set)

    def add(self, solution: Solution, title: str) -> None:
        """Those of a network of this title."""
        self.conventions.add(solution.network.convention)
        for entry in solution.every:
            if entry.node.derived in self._seen and entry.shared is None:
                continue
            self._seen |= {entry.node.derived} if entry.shared is None else set()
            found = list(all_found(entry))
            self._add(found)
            self._show(found, Example(title, entry.node))
        self._add(found_fields(solution))

    def _add(self, several: Iterable[Found]) -> None:
        for one in several:
            self.found.setdefault(one.identity, []).append(one)

    def _show(self, found: Iterable[Found], example: Example) -> None:
        """Keep a layer for the picture of its rule: the first one, but rather one whose windows lie apart."""
        identity = next((one.identity for one in found if one.identity.role == "size"), None)
        windows = None if identity is None else windows_of(example.node)
        if identity is None or windows is None:
            return
        known = self.examples.get(identity)
        if known is None or (_are_apart(windows) and not _are_apart(windows_of(known.node))):
            self.examples[identity] = example

    def groups(self) -> tuple[RuleGroup, ...]:
        """All of them in the order of a course, numbered."""
        number = 0
        made = []
        only = next(iter(self.conventions)) if len(self.conventions) == 1 else None
        for quantity in QUANTITIES:
            several = [some for identity, some in self.found.items() if identity.quantity == quantity]
            rules = []
            for some in sorted(several, key=_place):
                number += 1
                rules.append(_rule(number, some, only, self.examples.get(some[0].identity)))
            rules = _each_said_once(rules)
            self.rules |= {
                some[0].identity: rule for some, rule in zip(sorted(several, key=_place), rules, strict=True)
            }
            if rules:
                measure = QUANTITY_RULES.get(quantity)
                title = _TITLES.get(quantity) or (measure.title if measure is not None else quantity)
                convention = measure.convention(Settings()) if measure is not None else ""
                made.append(RuleGroup(quantity, title, convention, tuple(rules)))
        return tuple(made)


def _are_apart(windows: Windows | None) -> bool:
    """Whether neighboring windows do not start at neighboring positions."""
    return windows is not None and any(len(a.starts) > 1 and a.starts[1] - a.starts[0] > 1 for a in windows.axes)


def _place(several: Sequence[Found]) -> tuple[int, str, int, int, str]:
    """Where a rule stands in the order of a course; that does not change when others come in."""
    family, name = min((_COURSE[one.layer.family], one.layer.names[0]) for one in several)
    identity, root = several[0].identity, max(several, key=_generality)
    role = _ROLES.index(identity.role) if identity.role in _ROLES else len(_ROLES)
    return family, name, role, -len(root.features.letters), identity.text


_ROLES = ("size", "jump", "offset")  # in this order; others come behind them


def _rule(number: int, several: Sequence[Found], convention: Convention | None, example: Example | None) -> Rule:
    root = max(several, key=_generality)
    because = _reason([one for one in several if one.features == root.features and one.formula == root.formula])
    kinds = sorted({(_COURSE[o.layer.family], o.layer.names[0], o.heading) for o in several if o.heading})
    ordered = [next(o for o in several if o.layer.names[0] == name) for _, name, _ in kinds] or [root]
    cases = tuple(_cases(root, several))
    known = dict.fromkeys((*root.symbols, *(s for case in cases for s in symbols(case.rule)), *_said(because)))
    return Rule(
        number,
        tuple(dict.fromkeys(map(label_of, ordered))),
        root.identity.quantity,
        tuple(dict.fromkeys(heading for _, _, heading in kinds)),
        root.left,
        root.formula,
        root.features,
        because,
        0,
        cases,
        _sources([one.layer.names[0] for one in ordered], root.identity.quantity, convention),
        tuple(s for s in known if s.meaning),
        example,
    )


def _sources(kinds: Sequence[str], quantity: str, convention: Convention | None) -> tuple[Citation, ...]:
    """Where a rule is found: in the works that state it, or else in the documentation for the first kind.

    That is of both frameworks, unless all networks have one convention.
    """
    every = [sources_of(kind, quantity, convention) for kind in kinds]
    works = {c.key: c for some in reversed(every) for c in reversed(some) if REFERENCES[c.key].type != "manual"}
    return tuple(reversed(works.values())) or next(filter(None, every), ())


def _generality(one: Found) -> tuple[int, bool, int, bool, bool, bool, int]:
    """Of rules that are one but for settings, the formula that is shown: with windows in general, else as it is met."""
    own = one.features.letters
    return (
        len(own & {"stride", "padding"}) - len(own & {"dilation", "groups", "layers", "shared"}),
        not one.features.at_positions,
        -abs(one.features.axes - 2),
        not one.features.memory,
        one.features.bias,
        not one.features.rounded_up,
        -one.features.terms,
    )


def _cases(root: Found, several: Iterable[Found]) -> Iterator[Case]:
    """The formulas under other settings, each once."""
    known = {_written(root)}
    for one in several:
        text = _written(one)
        if text not in known and (one.features != root.features or one.identity.text == ""):
            yield Case(one.features, one.formula)
        known.add(text)


def _written(one: Found) -> str:
    """Equal for formulas that are equal, along whatever axis."""
    return text_of(any_axis(one.formula) if one.identity.role == "size" else one.formula)


def _each_said_once(rules: Sequence[Rule]) -> list[Rule]:
    """The rules of a quantity, their sentences without what others among them say too."""
    texts = {rule.number: _general(rule.because) for rule in rules}
    made = []
    for rule in rules:
        text, slots = texts[rule.number]
        like = [n for n, other in texts.items() if n != rule.number and _begins((text, slots), other)]
        same = [n for n in like if n < rule.number and texts[n][0] == text]
        longer = [n for n in like if texts[n][0] != text]
        if same:
            made.append(replace(rule, because="", like=min(same)))
        elif longer:
            rest = text[len(texts[longer[0]][0]) :].lstrip(".;, ")
            made.append(replace(rule, because=Sentence(rest, slots), like=longer[0]))
        else:
            made.append(rule)
    return made


_General: TypeAlias = "tuple[str, tuple[tuple[str, Slot], ...]]"


def _general(text: Text) -> _General:
    """What is said in general, and what is put in."""
    if isinstance(text, str):
        return text, ()
    return text.in_general().text, text.slots


def _begins(whole: _General, part: _General) -> bool:
    """Whether a sentence begins with another one, with the same symbols in it."""
    slots = dict(whole[1])
    alike = all(name in slots and _letters(slots[name]) == _letters(slot) for name, slot in part[1])
    return bool(part[0]) and whole[0].startswith(part[0]) and alike


def _letters(slot: Slot) -> str:
    """What is put in, in letters."""
    if isinstance(slot, str):
        return slot
    several = slot if isinstance(slot, tuple) else (slot,)
    return " ".join(shown(without_values(as_formula(one)), PLAIN) for one in several)


def _reason(several: Sequence[Found]) -> Text:
    """What layers with a rule say of it: the sentence that speaks of most of its symbols, then the most frequent."""
    often = Counter(pattern(one.because) for one in several)
    own = {s.name for s in several[0].symbols}

    def weight(one: Found) -> tuple[int, int]:
        return len(own & {s.name for s in _said(one.because)}), often[pattern(one.because)]

    return max(reversed(several), key=weight).because


def _said(because: Text) -> Iterator[Symbol]:
    """The symbols in a sentence."""
    for _, slot in () if isinstance(because, str) else because.slots:
        if not isinstance(slot, str):
            for one in slot if isinstance(slot, tuple) else (slot,):
                yield from symbols(without_values(as_formula(one)))
