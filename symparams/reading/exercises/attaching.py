"""Which setting belongs to which layer, by the clauses of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from symparams.reading.asking import named_in
from symparams.reading.doubts import Sentences, asking
from symparams.reading.exercises.arriving import channels_made, features_at, sizes_of_images
from symparams.reading.exercises.mentions import Mention, layers_of, mentions_in
from symparams.reading.exercises.settings import Setting, settings_in
from symparams.reading.exercises.told import KINDS, Told

_BOUNDARY = re.compile(
    r"[.;:!?](?=\s)|,\s|\n|->|→|⟶|=>|\b(?:then|followed\sby|after\s(?:that|which|this)|next|finally)\b"
    r"|\band\s(?=(?:an?|another|one|two|three|four|the|finally|all|every)\b)|\+\s",
    re.I,
)
_EACH = re.compile(
    r"\beach\s(?:\w+\s){0,2}(?:is\s)?(?:followed\sby|with|having)\s(?:an?\s)?(?:[\dx×* ]{1,9}\s)?$", re.I
)
_ANOTHER = re.compile(r"\b(?:another|second|third|fourth|fifth|next|then|followed\sby|more)\b|->|→", re.I)
_OWN = ("filters", "units")  # what makes a layer
_NEAR = 60  # characters before a layer that say whether it is a further one


class UntoldError(Exception):
    """A layer of a network of which a text does not tell all that it needs."""

    def __init__(self, mention: Mention, layer: Told, layers: int) -> None:
        super().__init__(layer.kind)
        self.mention = mention  # where it is named
        self.lacks = layer.lacks  # the settings that nothing tells
        self.layers = layers  # of how many layers the text tells anything


def layers_in(text: str) -> list[Told] | None:
    """The layers that a text tells of, in order; None where it says two things of one, or names one not read here.

    Raises UntoldError where other layers are told whole, and one is not.
    """
    mentions = mentions_in(text)
    if not all(mention.kind for mention in mentions):
        return None
    groups = [layers_of(mention) for mention in mentions]
    outputs: list[Told] = []
    for setting, place in _attached(text, mentions, groups):
        if place is not None:
            is_further = setting.name == "outputs" and mentions[place].is_hidden  # a layer that only its outputs tell
            if is_further or not _set(groups[place], setting):
                return None
        elif setting.name == "outputs":
            outputs.append(Told("dense", setting.start, settings={"units": setting.value}))
        elif setting.name in _OWN:
            return None  # of a layer that is not named
    convolutions = [layer for group in groups for layer in group if "filters" in KINDS[layer.kind].needed]
    if len(convolutions) == 1 and (made := channels_made(text)):
        convolutions[0].usual["filters"] = made
    kept = _kept(text, *_with_usual(mentions, groups))
    return [*kept, *outputs] if kept and len(outputs) < 2 else None


def layers_told(text: str) -> int:
    """How many layers a text tells something of that a layer needs, whether or not it all fits together."""
    mentions = [mention for mention in mentions_in(text) if mention.kind]
    groups = [layers_of(mention) for mention in mentions]
    told = set()
    for setting, place in _attached(text, mentions, groups):
        if place is not None:
            _set(groups[place], setting)
            kind = KINDS[mentions[place].kind]
            told |= {place} if kind.own(setting.name) in kind.needed else set()
    return sum(mentions[place].many for place in told)


def settings_at(text: str) -> list[tuple[int, int]]:
    """Where settings of layers stand."""
    return [(one.start, one.end) for one in _settings(text) if not one.is_usual]


def _settings(text: str) -> list[Setting]:
    """The settings of layers, without the sizes of what comes in and goes out."""
    return settings_in(text, [*sizes_of_images(text), *features_at(text)])


def _attached(
    text: str, mentions: Sequence[Mention], groups: Sequence[Sequence[Told]]
) -> Iterator[tuple[Setting, int | None]]:
    """Each setting with the place of the layers that it is told of, which depends on what was given to them before."""
    bounds = [mark.end() for mark in _BOUNDARY.finditer(text)]
    for setting in _settings(text):
        yield setting, _place(setting, mentions, groups, bounds)


def _place(
    setting: Setting, mentions: Sequence[Mention], groups: Sequence[Sequence[Told]], bounds: Sequence[int]
) -> int | None:
    """The place of the layers that a setting is told of."""
    taking = [i for i, one in enumerate(mentions) if KINDS[one.kind].own(setting.name)]
    before = [i for i in taking if mentions[i].start < setting.start]
    clause = bisect_right(bounds, setting.start)
    own = [i for i in taking if bisect_right(bounds, mentions[i].start) == clause]
    if own:
        return next((i for i in reversed(own) if i in before), own[0])
    if not before:
        return taking[0] if taking else None
    last = before[-1]
    while not _is_open(groups[last], setting) and mentions[last].is_referred and last - 1 in before:
        last -= 1
    behind = [i for i in taking if i not in before]
    return behind[0] if behind and _is_set(groups[last], setting) else last


def _is_open(layers: Sequence[Told], setting: Setting) -> bool:
    """Whether anything was told of layers, so that they are more than a word that points at others."""
    return bool(layers[0].settings) and not _is_set(layers, setting)


def _is_set(layers: Sequence[Told], setting: Setting) -> bool:
    name = KINDS[layers[0].kind].own(setting.name)
    return layers[0].settings.get(name, setting.value) != setting.value


def _set(layers: Sequence[Told], setting: Setting) -> bool:
    """Give layers a setting; False where another one is told of them."""
    values = setting.each or (setting.value,) * len(layers)
    if len(values) != len(layers):
        return False
    for layer, value in zip(layers, values, strict=True):
        name = KINDS[layer.kind].own(setting.name)
        if setting.is_usual:
            layer.usual.setdefault(name, value)
        elif layer.settings.setdefault(name, value) != value:
            return False
    return True


def _with_usual(mentions: Sequence[Mention], groups: Sequence[list[Told]]) -> tuple[list[Mention], list[list[Told]]]:
    """The layers with what is told of all of their kind, or holds where nothing is told."""
    of_all: dict[str, dict[str, str]] = {}
    kept = []
    for mention, group in zip(mentions, groups, strict=True):
        if mention.is_all:
            of_all.setdefault(mention.kind, {}).update(group[0].settings)
        else:
            kept.append((mention, group))
    for mention, group in kept:
        is_told = bool(group[0].settings or group[0].usual) or not mention.is_referred
        for layer in group if is_told else ():
            usual = {**layer.usual, **of_all.get(layer.kind, {})}
            for name, value in usual.items():
                layer.settings.setdefault(name, value)
    return [mention for mention, _ in kept], [group for _, group in kept]


def _kept(text: str, mentions: Sequence[Mention], groups: Sequence[list[Told]]) -> list[Told] | None:
    """The layers of the network: without those that a text only points at; None where one lacks what it needs."""
    sentences = Sentences(text)
    asked = asking(text)
    kept: list[Told] = []
    for i, (mention, group) in enumerate(zip(mentions, groups, strict=True)):
        before = text[max(mention.start - _NEAR, 0) : mention.start]
        if group[0].is_whole and (KINDS[mention.kind].needed or not mention.is_referred):
            many = mentions[i - 1].many if i else 1
            is_each = many > 1 and len(kept) >= many and _EACH.search(before) is not None
            kept = _interleaved(kept, many, group) if is_each else [*kept, *group]
            continue
        alike = [layer for layer in kept if layer.kind == mention.kind]
        if not group[0].settings:
            is_renamed = i + 1 < len(mentions) and mentions[i + 1].kind == mention.kind and groups[i + 1][0].is_whole
            others = sum(g[0].kind == mention.kind and g[0].is_whole for g in groups)
            is_announced = mention.is_plural and others >= max(mention.many, 2)
            is_pointing = is_announced or is_renamed or mention.is_referred
            if sentences.of(mention.start) in asked or (is_pointing and (is_renamed or not mention.is_new)):
                continue
            if (
                mention.kind == "dense"
                and "params" not in named_in(text)
                and not any(g[0].settings for g in groups[i:])
            ):
                kept.append(Told("flatten", mention.start))
                continue
        elif mention.is_referred and kept and not group[0].settings.keys() & {*KINDS[mention.kind].needed}:
            if all(map(KINDS[kept[-1].kind].own, group[0].settings)) and _joined(kept[-1], group[0]):
                continue  # this hidden layer, which was called a convolution before
        elif alike and not _ANOTHER.search(before) and _joined(alike[-1], group[0]):
            continue
        beside = [
            other[0].is_whole and KINDS[other[0].kind].needed and sentences.of(one.start) == sentences.of(mention.start)
            for one, other in zip(mentions, groups, strict=True)
        ]
        if any(beside):
            raise UntoldError(mention, group[0], sum(len(one) for one in groups if one[0].settings or one is group))
        return None
    return kept


def _joined(layer: Told, again: Told) -> bool:
    """Give a layer what is told where the text speaks of it again; False if that is something else."""
    return all(layer.settings.setdefault(name, value) == value for name, value in again.settings.items())


def _interleaved(kept: list[Told], many: int, group: Sequence[Told]) -> list[Told]:
    """The last layers, each with the others behind it: "two conv layers, each followed by max pooling"."""
    first, row = kept[:-many], kept[-many:]
    return first + [one for layer in row for one in (layer, *group)]
