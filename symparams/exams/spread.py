"""The order in which plans are asked: spread over the layers, the kinds and the types of answers, by the seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from symparams.exams.plan import Plan
from symparams.questions.points import number_from

_SHARE = 0.15  # of all stems: so many may have one form, as long as something else can be asked
_TIMES = 2  # or so many times its fair share, where there are few forms
_FEW = 6  # stems of one form that a short paper may have

Subject: TypeAlias = tuple[object, ...]  # what a question is about: a layer, or what is asked of the whole network


def spread(plans: Sequence[Plan], seed: int, fits: Callable[[int], bool]) -> Iterator[int]:
    """The places of plans in the order in which they are asked, without those that do not fit.

    Each layer comes once before any comes twice, and as far as this allows each kind once before any comes twice. Of
    plans that ask the same of layers built alike only one is asked. A kind whose stems would become too many of one
    form waits: of a tall network with many layers alike, little but their receptive fields would be asked otherwise.
    """
    spreading = _Spreading(plans, seed, fits)
    while round_ := spreading.next_round():
        yield from round_


class _Spreading:
    """Which plans have been asked, and how often each subject, kind and type."""

    def __init__(self, plans: Sequence[Plan], seed: int, fits: Callable[[int], bool]) -> None:
        self._plans = plans
        self._fits = fits
        self._left: dict[tuple[str, Subject], list[int]] = defaultdict(list)  # plans of a kind on a subject
        for i, plan in enumerate(plans):
            self._left[plan.kind, plan.subject].append(i)
        networks = {identity: number_from(identity) for identity in {subject[0] for _, subject in self._left}}
        self._lucks = {
            (kind, subject): number_from(seed, kind, networks[subject[0]], *subject[1:]) for kind, subject in self._left
        }
        # Of each kind, in the order of the plans: its subjects by how often they were asked when they were put there.
        self._waiting: dict[str, dict[int, list[Subject]]] = {plan.kind: defaultdict(list) for plan in plans}
        for kind, subject in sorted(self._left, key=self._lucks.__getitem__):
            self._waiting[kind][0].append(subject)
        self._subjects: Counter[Subject] = Counter()  # how often each was asked
        self._kinds: Counter[str] = Counter()
        self._types: Counter[tuple[str, str]] = Counter()
        self._forms: dict[str, Counter[object]] = {kind: Counter() for kind in self._waiting}
        self._share = max(_SHARE, _TIMES / len({plan.form for plan in plans})) if plans else _SHARE
        self._asked: set[tuple[str, Subject]] = set()
        self._matters: set[tuple[object, ...]] = set()  # that were asked

    def next_round(self) -> list[int]:
        """Plans of different kinds on different subjects, as many as can be had of the subjects asked least."""
        while kinds := self._ready():
            if found := self._round(kinds):
                return found
        return []  # a round without plans has left out some that do not fit, so that this comes to an end

    def _ready(self) -> list[str]:
        """The kinds that can ask something, those asked least first; where all are ahead, those least ahead."""
        every = sorted((kind for kind in self._waiting if self._least(kind) is not None), key=self._kinds.__getitem__)
        allowed = max(_FEW - 1, self._share * self._kinds.total() - 1, min(map(self._most, every), default=0))
        return [kind for kind in every if self._most(kind) <= allowed]

    def _round(self, kinds: Sequence[str]) -> list[int]:
        """The same of some kinds; none where all that was left of the subjects asked least does not fit."""
        found: dict[str, int] = {}
        while rest := [kind for kind in kinds if kind not in found]:
            level = min((least for kind in kinds if (least := self._least(kind)) is not None), default=None)
            if level is None:
                break
            matched = self._matched(rest, level)
            if not matched:
                break  # the subjects that are left at this level wait for kinds that had their turn
            for kind in self._waiting:
                if kind in matched:
                    found[kind] = matched[kind]
                    self._ask(matched[kind])
        return list(found.values())

    def _most(self, kind: str) -> int:
        """How many stems of a kind have one form, at most."""
        return max(self._forms[kind].values(), default=0)

    def _ask(self, i: int) -> None:
        plan = self._plans[i]
        self._left[plan.kind, plan.subject].remove(i)
        self._subjects[plan.subject] += 1
        self._kinds[plan.kind] += 1
        self._types[plan.kind, plan.answer_type] += 1
        self._forms[plan.kind][plan.form] += 1
        self._asked.add((plan.kind, plan.subject))
        self._matters.add(plan.matter)

    # ------------------------------------------------------------ which subjects a kind can ask about

    def _least(self, kind: str) -> int | None:
        """How often the subject that a kind can ask about was asked that was asked least; None if there is none."""
        waiting = self._waiting[kind]
        while levels := [level for level, subjects in waiting.items() if subjects]:
            if self._at(kind, min(levels), 1):
                return min(levels)
        return None

    def _at(self, kind: str, level: int, most: int) -> list[Subject]:
        """The first subjects of a kind that were asked so often, so many at most."""
        waiting = self._waiting[kind]
        subjects = waiting[level]
        found: list[Subject] = []
        at = len(subjects) - 1
        while at >= 0 and len(found) < most:
            subject = subjects[at]
            asked = self._subjects[subject]
            if asked != level or self._plan(kind, subject) is None:
                del subjects[at]
                if asked != level and self._left[kind, subject]:  # those it has asked itself wait longest
                    waiting[asked].insert(0 if (kind, subject) in self._asked else len(waiting[asked]), subject)
            else:
                found.append(subject)
            at -= 1
        return found

    def _plan(self, kind: str, subject: Subject) -> int | None:
        """The plan of a kind on a subject whose type of answers was asked least; None if there is none."""
        left = self._left[kind, subject]
        left[:] = [i for i in left if self._plans[i].matter not in self._matters]
        turn = self._lucks[kind, subject] >> 8
        ranked = [left[(at + turn) % len(left)] for at in range(len(left))]
        return min(ranked, key=lambda i: self._types[kind, self._plans[i].answer_type], default=None)

    # ------------------------------------------------------------ one subject for each kind

    def _matched(self, kinds: Sequence[str], level: int) -> dict[str, int]:
        """For as many kinds as possible a plan that fits, each on another subject that was asked so often."""
        while True:
            by_subject: dict[Subject, str] = {}
            can = {kind: self._at(kind, level, len(kinds)) for kind in kinds}
            for kind in kinds:
                _find_place(kind, can, by_subject, set())
            chosen = {kind: self._plan(kind, subject) for subject, kind in by_subject.items()}
            fitting = {kind: i for kind, i in chosen.items() if i is not None and self._is_good(i)}
            if len(fitting) == len(chosen):
                return fitting

    def _is_good(self, i: int) -> bool:
        """Whether a plan fits; one that does not is left out from now on."""
        if self._fits(i):
            return True
        self._left[self._plans[i].kind, self._plans[i].subject].remove(i)
        return False


def _find_place(kind: str, can: dict[str, list[Subject]], by_subject: dict[Subject, str], tried: set[Subject]) -> bool:
    """Give a kind a subject, where need be one whose kind can take another; whether there is one."""
    for subject in can[kind]:
        if subject not in by_subject:
            by_subject[subject] = kind
            return True
    for subject in can[kind]:
        if subject not in tried:
            tried.add(subject)
            if _find_place(by_subject[subject], can, by_subject, tried):
                by_subject[subject] = kind
                return True
    return False
