"""The answer to a question, found by somebody who has its stem and its options, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product
from math import prod
from typing import NamedTuple

from symparams.algebra.evaluation import at, number
from symparams.algebra.facts import NOTHING_KNOWN
from symparams.algebra.formula import ONE, Formula, Number, Symbol, Value, as_formula, symbols
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import mapped
from symparams.documents.layer_description import noun_of
from symparams.errors import Source, SymparamsError
from symparams.layers.embedding import Tied
from symparams.layers.source import Input
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from symparams.model.arguments import SIZES, arguments_of
from symparams.model.builder import Builder
from symparams.model.derived import Derived, known
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network
from symparams.model.tensor import Convention
from symparams.quantities.totals import amount
from symparams.reading.door import network as network_of
from tests.exams.stem_layers import BY_ARTICLE, KINDS, SWITCHES, expression, layer_of, sizes

CONVENTIONS: dict[str, Convention] = {"Keras": "keras", "PyTorch": "torch"}


class Stem(NamedTuple):
    """What a stem says."""

    text: str
    networks: list[Network]
    layer: str  # the name of the layer; empty where there is only one
    alone: bool  # whether the layer stands without a network

    @property
    def place(self) -> int:
        network = self.networks[0]
        return network.index(self.layer) if self.layer else len(network.nodes) - 1


def stem_of(text: str) -> Stem:
    """A stem as it is understood."""
    name = re.search(r"[Tt]he layer (\S+) \(", text)
    lone = re.match(r"In (Keras|PyTorch), (.+?)(?: with (.+?))? receives an input of (.+?)(?: \((.+?)\))?\.\n", text)
    if lone:
        return Stem(text, [_lone(*lone.groups(default=""))], "", True)
    heads = list(re.finditer(r"\((Keras|PyTorch) conventions", text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    found = [_shown(text[head.end() : end], CONVENTIONS[head[1]]) for head, end in zip(heads, ends, strict=True)]
    return Stem(text, found, name[1] if name else "", False)


def _lone(framework: str, article: str, settings: str, arriving: str, axes: str) -> Network:
    builder = Builder(CONVENTIONS[framework], NOTHING_KNOWN)
    kind = BY_ARTICLE[article]
    shape = _arriving(arriving)
    if not axes.endswith("features") or len(shape) == 1:
        at_ = builder.add(Input(shape), ())
    else:  # of two axes in PyTorch, the second one has the features
        at_ = builder.add(Input(shape), ())
    builder.add(layer_of(kind, settings), [at_])
    return _built(builder)


def _built(builder: Builder) -> Network:
    return Network(builder.convention, NOTHING_KNOWN, tuple(builder.nodes))


def _arriving(text: str) -> tuple[Formula, ...]:
    return sizes(text if " × " in text else text.partition(" ")[0])


def _shown(text: str, convention: Convention) -> Network:
    if "─" in text:
        return _of_table(text, convention)
    code = "\n".join(line[4:] for line in text.split("\n") if line.startswith("    "))
    if "import" not in code:
        head = "" if "convention" in code else f"convention {convention}\n"
        return network_of(Source("stem", head + code))
    said = re.search(r"input is (.+?)(?: \(|, )", text)
    if convention == "torch" and said:
        shape = ", ".join(str(number(size)) for size in _arriving(said[1]))
        return network_of(Source("stem", f"import torch\n{code}\nmodel(torch.randn(1, {shape}))\n"))
    return network_of(Source("stem", code))


# ------------------------------------------------------------ a network as a table


def _of_table(text: str, convention: Convention) -> Network:
    lines = text.split("\n")
    rules = [i for i, line in enumerate(lines) if line.strip() and set(line.strip()) == {"─"}]
    head = lines[rules[0] + 1]
    starts = [m.start() for m in re.finditer(r"(?<=  )\S|^\S", head)]
    titles = [head[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
    rows = [
        [row[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        for row in lines[rules[1] + 1 : rules[2]]
    ]
    told = [Input(_arriving(said)) for said in re.findall(r"Input: ([^(]*) \(length × features\)", text)]
    builder = Builder(convention, NOTHING_KNOWN, sequences=frozenset(told))
    for row in _unfolded([dict(zip(titles, row, strict=True)) for row in rows]):
        _put(builder, row["Layer"], row["Kind and settings"], row.get("Input", ""))
    return _built(builder)


def _unfolded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A row for each layer; those in the middle of a block that repeats another one have names of our own."""
    every: list[dict[str, str]] = []
    for row in rows:
        names = [one["Layer"] for one in every]
        copy = re.fullmatch(r"The same as (\S+) to (\S+)", row["Kind and settings"])
        if copy is None:
            every.append(row)
            continue
        first, last = row["Layer"].split(" to ")
        begin, end = names.index(copy[1]), names.index(copy[2])
        names += [first, *(f"{first}.{i}" for i in range(1, end - begin)), last]
        later = dict(zip(names, names[len(every) - begin :], strict=False))  # what stands as far before it there
        for i in range(begin, end + 1):
            fed = " ".join(later.get(word, word) for word in re.findall(r"[^\s,]+|,", every[i].get("Input", "")))
            every.append({**every[i], "Layer": names[len(every)], "Input": fed.replace(" ,", ",")})
    return every


def _put(builder: Builder, name: str, said: str, fed: str) -> None:
    title, _, settings = said.partition(": ")
    before = {node.name: i for i, node in enumerate(builder.nodes)}
    names = re.split(r", attending to |, | and ", fed) if fed else []
    inputs = [before[one] for one in names if one != "none"]
    if not names and builder.nodes:
        inputs = [len(builder.nodes) - 1]
    if title == "Input":
        builder.add(Input(_arriving(settings.partition(" (")[0])), (), name)
        return
    settings, frozen = re.subn(r"(^|, )not trained$", "", settings)
    owner = re.search(r"(?:^|, )with the weights of (\S+)$", settings)
    kind = KINDS[title]
    if owner:
        settings = settings[: owner.start()]
    if issubclass(kind, Tied):
        assert owner is not None
        layer = layer_of(kind, settings, embedding=builder.nodes[before[owner[1]]].layer)
        builder.add(layer, inputs, name, frozen=bool(frozen))
        return
    if owner:
        shared = before[owner[1]]
        builder.add(builder.nodes[shared].layer, inputs, name, shared=shared, frozen=bool(frozen))
        return
    builder.add(layer_of(kind, settings), inputs, name, frozen=bool(frozen))


# ------------------------------------------------------------ a layer by the symbols of its rule


def _rule(text: str) -> tuple[Formula, dict[str, Value], str]:
    """The parameter rule of a layer that is told by its symbols, their values, and the unknown one."""
    said = re.match(r"In (Keras|PyTorch), (?:take )?(an? .*?)(?= with | has | is given|\.|;)(.*?)\.?\n", text)
    assert said is not None, text
    framework, article, rest = said.groups()
    values = {
        name: (meaning, expression(value) if value else None)
        for name, value, meaning in re.findall(r"(\w+)(?: = (\S+))? \(([^)]*)\)", rest)
    }
    for meaning, name in re.findall(r"(?:with |, |and )([a-z][a-z -]*?) ([A-Za-z]+(?:_[a-z]+)?)(?=,| and|$|\.)", rest):
        if name not in ("biases", "projections", "convolution", "weights", "key", "value", "input"):
            values.setdefault(name, (meaning, None))
    switches = sorted((one for one in SWITCHES if re.search(rf"(with|,|and) {re.escape(one)}\b", rest)), key=len)
    switches = [one for one in switches if not any(other.startswith(one) and other != one for other in switches)]
    kind = BY_ARTICLE[article]
    has_bias = any(a.name == "bias" for a in arguments_of(kind))
    layer, rank = _instance(kind, values, ", ".join(one for one in switches if has_bias or "biases" not in one))
    rule = next(
        derived.rules.parameters
        for derived in _placed(layer, rank, CONVENTIONS[framework])
        if set(values) <= {s.name for s in symbols(derived.rules.parameters)} | {"k"}
    )
    unknown = re.search(r"; (\w+) \([^)]*\) is not given", text)
    return rule, {n: v for n, (_, v) in values.items() if v is not None}, unknown[1] if unknown else ""


def _placed(layer: Layer, rank: int, convention: Convention) -> Iterator[Derived]:
    """The layer on every input that it may have."""
    for size, axes, inputs in product((64, 2), (rank + 1, 2, 1, 3), (1, 2)):
        with suppress(SymparamsError, ValueError):
            yield known(layer, ((size,) * axes,) * inputs, convention, NOTHING_KNOWN)


def _instance(kind: type[Layer], values: Mapping[str, tuple[str, object]], switches: str) -> tuple[Layer, int]:
    """A layer with 2 wherever a size is told, and the number of its spatial axes."""
    words = " ".join(meaning for meaning, _ in values.values())
    rank = 3 if "cubic" in words else 2 if "square" in words or "height" in words else 1
    given: dict[str, object] = {}
    for argument in arguments_of(kind):
        noun = noun_of(argument).removeprefix("number of ")
        told = any(
            meaning == noun or meaning.endswith(noun) or noun.startswith(meaning) for meaning, _ in values.values()
        )
        if argument.name in ("kernel", "window") and argument.kind is SIZES:
            given[argument.name] = (Number(2),) * rank
        elif told or str(argument.default).endswith("object>") or "MISSING" in str(argument.default):
            given[argument.name] = Number(2)
    return layer_of(kind, switches, **given), rank


# ------------------------------------------------------------ answers


def answered(text: str, options: tuple[str, ...] = ()) -> object:
    """The answer: a number, the sizes of a shape, a formula, or one of the options."""
    for pattern, answer in ASKED:
        found = re.search(pattern, text)
        if found:
            return answer(text, found, options)
    raise AssertionError(f"nobody knows what is asked: {text}")


def _task_value(quantity: str) -> Callable[[str, re.Match[str], tuple[str, ...]], object]:
    def answer(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
        stem = stem_of(text)
        values = Tasks(stem.networks[0]).of(stem.place, quantity).values
        return values[:1] if quantity == "field" else values

    return answer


def _formula(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    if " receives an input of " in text or "conventions" in text:
        return _task_value("params")(text, found, options)
    rule, _, _ = _rule(text)
    names = set(re.findall(r"[A-Za-z]\w*", found[1]))

    def free(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or leaf.value is None:
            return leaf
        name = leaf.name if leaf.name in names else "k" if leaf.name.startswith("k_") else leaf.name
        return Symbol(name) if name in names else leaf.value

    return (simplified(mapped(rule, free)),)


def _total(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    return (amount("params", Tasks(stem_of(text).networks[0]).settings).of_network(stem_of(text).networks[0]),)


def _inverse(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    rule, values, unknown = _rule(text)
    count = int(found[1])

    def free(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or leaf.value is None:
            return leaf
        if leaf.name == unknown or (unknown == "k" and leaf.name.startswith("k_")):
            return Symbol(unknown)
        value = values.get(leaf.name)
        return as_formula(value) if value is not None else leaf.value

    freed = mapped(rule, free)
    assert {s.name for s in symbols(freed) if s.value is None} == {unknown}
    low, high = 1, 10**6  # the count grows with the unknown
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if at(freed, {unknown: middle}) >= count else (middle + 1, high)
    assert at(freed, {unknown: low}) == count
    return (low,)


def _mistake(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    stem = stem_of(text)
    shape = found[1]
    claimed = tuple(map(number, sizes(shape))) if shape else (int(found[2]),)
    mistakes = Mistakes(Tasks(stem.networks[0]))
    task = mistakes.tasks.of(stem.place, "shape" if shape else "params")
    every = [
        (m.made[0].name, tuple(simplified(rule) for rule in m.rules))
        for m in (*mistakes.singles(task), *mistakes.carried(task))
    ]
    names = {name.casefold() for name, _ in every}
    assert all(option.casefold() in names for option in options), (text, options)
    giving = {name.casefold() for name, values in every if values == claimed}
    (right,) = [option for option in options if option.casefold() in giving]
    return right


def _compared(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    networks = stem_of(text).networks
    designs = re.search(r"In design A, (.*); in design B, (.*)\.", text)
    if designs is None:
        first, second = (net.counts.params for net in networks)
    else:
        points = [{n: int(v) for n, v in re.findall(r"(\w+) = (\d+)", one)} for one in designs.groups()]
        first, second = (at(as_formula(networks[0].counts.params), point) for point in points)
    assert isinstance(first, int)
    assert isinstance(second, int)
    return (second - first,)


# ------------------------------------------------------------ statements


def _is_true(text: str, found: re.Match[str], options: tuple[str, ...]) -> object:
    stem = stem_of(text)
    said = found[1]
    for pattern, holds in STATED:
        parts = re.match(pattern, said)
        if parts:
            return ("False", "True")[bool(holds(stem, *parts.groups()))]
    raise AssertionError(f"nobody can say whether this is so: {said}")


def _has(stem: Stem, name: str, said: str) -> bool:
    """Whether a layer has so many of something, for all values of letters."""
    return bool(getattr(stem.networks[0].nodes[stem.place].counts, name) == simplified(expression(said)))


def _grown(stem: Stem, what: str, have: str, said: str) -> bool:
    node = stem.networks[0].nodes[stem.place]
    (x,) = node.derived.arriving
    layer, shape = node.layer, list(x.shape)
    axis = re.fullmatch(r"the (\w+) of its input|as many (\w+) in its input|as many (tokens)", what)
    if axis:
        word = axis[1] or axis[2] or axis[3]
        place = 0 if word == "tokens" else _axes(stem.text, x).index(word)
        shape[place] = simplified(2 * as_formula(shape[place]))
    else:
        noun = re.sub(r"^(as many|the) | along each axis$", "", what)
        (argument,) = (a for a in arguments_of(type(layer)) if noun_of(a).removeprefix("number of ") == noun)
        value = getattr(layer, argument.name)
        twice = tuple(2 * one for one in value) if isinstance(value, tuple) else 2 * value
        layer = replace(layer, **{argument.name: twice})
    larger = known(layer, (tuple(shape),), x.convention, NOTHING_KNOWN, (x.is_sequence,))
    before, after = (one.counts.params if have == "have" else simplified(one.macs) for one in (node.derived, larger))
    if not isinstance(before, int) or not isinstance(after, int):  # with letters it must hold for all values
        before, after = 1, next(n for n in (1, 2, 4) if simplified(as_formula(after) - n * as_formula(before)) == 0)
    so = {
        r"as many \S+ as it \w+ now": after == before,
        r"fewer \S+ than it \w+ now": after < before,
        r"more \S+ than now, but fewer than twice as many": before < after < 2 * before,
        r"exactly twice as many \S+": after == 2 * before,
        r"more than twice, but fewer than four times as many \S+": 2 * before < after < 4 * before,
        r"exactly four times as many \S+": after == 4 * before,
        r"more than four times as many \S+": after > 4 * before,
    }
    (holds,) = [truth for pattern, truth in so.items() if re.fullmatch(pattern, said)]
    return holds


def _axes(text: str, x: Incoming) -> tuple[str, ...]:
    """What the axes of the input of a layer are called: as the stem has it, where it stands alone."""
    said = re.search(r"receives an input of [^(\n]*\(([^)]*)\)", text)
    if said:
        return tuple(said[1].split(" × "))
    if len(x.shape) == 2 and "length × features" in text:
        return "length", "features"
    return x.axis_names()


def _each(stem: Stem, many: str, units: str, number_: str) -> bool:
    (unit,) = stem.networks[0].nodes[stem.place].derived.rules.counted_by
    assert number(unit.many) == int(many)
    return _has(stem, "params", f"{many}*{number_}")


def _axis(stem: Stem, name: str, value: str) -> bool:
    node = stem.networks[0].nodes[stem.place]
    return node.shape[node.derived.out.axes.index(name)] == int(value)


def _larger(stem: Stem, word: str, other: str) -> bool:
    one, two = stem.networks[0].nodes[stem.place].counts.params, stem.networks[0].node(other).counts.params
    assert isinstance(one, int)
    assert isinstance(two, int)
    assert one != two
    return (one > two) == (word == "more")


def _has_larger_output(stem: Stem, one: str, word: str, other: str) -> bool:
    network = stem.networks[0]
    sizes = [number(as_formula(prod(network.node(name).shape, start=ONE))) for name in (one, other)]
    assert sizes[0] != sizes[1]
    assert all(sizes)
    return ((sizes[0] or 0) > (sizes[1] or 0)) == (word == "more")


_IT = r"(?:[Tt]his layer|[Tt]he layer \S+ \([^)]*\))"
_NAMED = r"the layer (\S+?)(?: \([^)]*\))?"
STATED: list[tuple[str, Callable[..., bool]]] = [
    (rf"With twice (.*) and everything else unchanged, {_IT} would (have|need) (.*?)\.(?: \(MACs|$)", _grown),
    (rf"{_IT} has no parameters\.", lambda stem: _has(stem, "params", "0")),
    (rf"Each of the (\d+) (.*) of {_IT} has (.+) parameters?\.", _each),
    (rf"{_IT} has (.+) bias(?:es)?\.", lambda stem, n: _has(stem, "biases", n)),
    (rf"{_IT} has (.+) parameters?\.", lambda stem, n: _has(stem, "params", n)),
    (rf"The output of {_IT} has (\d+) ([a-z]+s)\.", lambda stem, n, axis: _axis(stem, axis, n)),
    (rf"The output of {_IT} has (1) ([a-z]+[^s])\.", lambda stem, n, axis: _axis(stem, f"{axis}s", n)),
    (rf"The (\w+) of the output of {_IT} is (\d+)\.", _axis),
    (rf"Training changes (.+) parameters? of {_IT}\.", lambda stem, n: _has(stem, "trainable", n)),
    (rf"The output of {_NAMED} has (more|fewer) values than that of {_NAMED}\.", _has_larger_output),
    (rf"{_IT} has (more|fewer) parameters than the layer (\S+)\.", _larger),
]

_LAYER = r"(?:this layer|the layer \S+ \([^)]*\))"
ASKED: list[tuple[str, Callable[[str, re.Match[str], tuple[str, ...]], object]]] = [
    (r"True or false\? (.*)", _is_true),
    (r"How many parameters does (?:the layer|this layer|the layer .*) have.*?, as a formula in (.*)\?", _formula),
    (rf"How many parameters does {_LAYER} have", _task_value("params")),
    (r"How many parameters does the whole network have", _total),
    (rf"What is the output shape of {_LAYER}", _task_value("shape")),
    (rf"What is the receptive field of one output value of {_LAYER}", _task_value("field")),
    (r"The layer has (\d+) parameters?\. What is", _inverse),
    (r"A student says that .* has (?:the output shape (.*)|(\d+) parameters?.*)\. This is wrong\.", _mistake),
    (r"How many more parameters does design B have than design A", _compared),
    (rf"How many bytes does {_LAYER} need for its parameters", _task_value("memory")),
    (rf"How many bytes does {_LAYER} need for its output", _task_value("activations")),
    (rf"How many bytes does {_LAYER} store while", _task_value("cache")),
    (rf"How many multiply-accumulates does {_LAYER} need", _task_value("macs")),
    (rf"How many FLOPs does {_LAYER} need", _task_value("flops")),
]
