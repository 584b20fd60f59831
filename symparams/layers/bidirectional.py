"""A recurrent layer in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.cell import EACH_WAY, JOINED
from symparams.layers.stacked_cells import marked
from symparams.model.arguments import LAYER, argument, choice
from symparams.model.citation import found_in
from symparams.model.framework import keras
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Rules, Sight, Unit, layer_class
from symparams.model.sentence import Sentence, Text, changed, say, together
from symparams.model.tensor import Tensor
from symparams.model.work import Work

MERGE = choice("concat", "sum", "mul", "ave", "none")


@layer_class
class Bidirectional(Layer):
    """A layer for each direction of the sequence, forward and backward: twice the parameters of the layer.

    Their outputs are concatenated (concat: 2·U of them), added (sum), multiplied (mul) or averaged (ave). A second
    layer can be given for the backward direction in place of a copy of the first. Keras has it as a wrapper;
    `lstm(64, bidirectional)` is the same with concat.
    """

    layer: Layer = argument(LAYER, "the recurrent layer")
    backward: Layer | None = argument(LAYER, "the layer for the backward direction, if it is another one", None)
    merge: str = argument(
        MERGE, "how the outputs of both directions are combined", "concat", short="merge_mode", keyword=True
    )

    names: ClassVar = ("bidirectional",)
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("Bidirectional", "layer! merge_mode:merge -weights backward_layer:backward"),)
    cited: ClassVar = found_in(params="schuster1997")
    title: ClassVar[str] = "Bidirectional layer"
    family: ClassVar = "Recurrent layers"
    example: ClassVar[str] = "input(10, 32) -> bidirectional(lstm(64, sequences)) -> bidirectional(lstm(32), sum)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        self._check()
        forward = self.layer.rules(*arriving)
        output = forward.output
        if self.backward is None:
            tensors = (
                *_named("forward", self.layer, forward.tensors),
                *_named("backward", self.layer, forward.tensors),
            )
            joined = replace(output[_units(output)], size=2 * output[_units(output)].size, each=EACH_WAY)
            because = together(forward.because, self._reverse(joined.size), between=". ")
            requires, differs = forward.requires, changed(forward.differs, _twice)  # it says numbers of parameters only
            by_argument = forward.differs_by_argument
            units = tuple(_counted(forward, "forward", "in each direction", as_formula(2)))
        else:
            backward = self.backward.rules(*arriving)
            because = _of_both(forward.because, backward.because)
            forward, backward = _marked(forward, "f"), _marked(backward, "b")
            self._check_alike(forward, backward)
            tensors = (
                *_named("forward", self.layer, forward.tensors),
                *_named("backward", self.backward, backward.tensors, own_name=True),
            )
            output = forward.output
            sizes = [rules.output[_units(rules.output)].size for rules in (forward, backward)]
            joined = replace(output[_units(output)], size=sizes[0] + sizes[1])
            requires = (*forward.requires, *backward.requires)
            both = (("forward: ", forward.differs), ("backward: ", backward.differs))
            differs = together(*(together(name, said, between="") for name, said in both if said))
            by_argument = forward.differs_by_argument and backward.differs_by_argument
            units = (
                *_counted(forward, "forward", "in the forward direction"),
                *_counted(backward, "backward", "in the backward direction"),
            )
        if self.merge == "concat":
            output = tuple(joined if i == _units(output) else axis for i, axis in enumerate(output))
        return Rules(
            output=output,
            tensors=tensors,
            because=because,
            shape_because=together(forward.shape_reason, _JOINED[self.merge]),
            channels_are="outputs" if self.merge == "concat" else forward.channels_are,
            requires=requires,
            differs=differs,
            differs_by_argument=by_argument,
            units=units,
            ignores=forward.ignores,
        )

    def _reverse(self, both: Formula) -> Sentence:
        """What the other direction is; `both`: how many features the two have together."""
        text = "A second {@noun} with its own weights processes the sequence in reverse"
        noun = str(getattr(self.layer, "noun", "layer"))
        return say(text + (JOINED if self.merge == "concat" else ""), noun=noun, both=both)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        forward = self._one_way(self.layer, arriving)
        if self.backward is None:
            both = replace(forward.times(2), because=together(forward.because, "the other direction takes as many"))
        else:
            backward = self._one_way(self.backward, arriving)
            because = _of_both(forward.because, backward.because)
            backward = backward.changed(lambda rule: marked(rule, "b"))
            both = replace(forward.changed(lambda rule: marked(rule, "f")).plus(backward), because=because)
        numbers = out.numbers()
        if self.merge in ("sum", "ave"):
            both = both.plus(Work(additions=numbers))
        return both.plus(Work(multiplications=numbers)) if self.merge in ("mul", "ave") else both

    def reach(self, *arriving: Incoming) -> Sight:
        return self.layer.reach(*arriving)

    @staticmethod
    def _one_way(layer: Layer, arriving: tuple[Incoming, ...]) -> Work:
        axes = layer.rules(*arriving).output
        return layer.work(Outgoing(tuple(a.name for a in axes), tuple(simplified(a.size) for a in axes)), *arriving)

    def _check(self) -> None:
        name = self.layer.kind
        if self.merge == "none":
            raise LayerError(
                f"with merge=none has two outputs; a fork has as many: {{ {name}(…) | {name}(…) }}, "
                "whose second branch is meant for the reversed sequence"
            )
        for layer in (self.layer, self.backward):
            if layer is None:
                continue
            if not hasattr(layer, "sequences"):  # every layer that reads a sequence step by step has this argument
                raise LayerError(f"takes a recurrent layer, such as lstm(64), not {layer.called}")
            if getattr(layer, "bidirectional", False):
                raise LayerError(
                    f"takes a layer of one direction, but {layer.kind} has both; leave out its `bidirectional`"
                )
            if number(getattr(layer, "layers", ONE)) != 1:
                raise LayerError(f"takes a single layer; {layer.kind}(…, layers=…, bidirectional) has several")

    def _check_alike(self, forward: Rules, backward: Rules) -> None:
        """The outputs of both directions must fit together."""
        shapes = [[simplified(axis.size) for axis in rules.output] for rules in (forward, backward)]
        units = _units(forward.output)
        if len(shapes[0]) != len(shapes[1]):
            raise LayerError("returns every step in one direction and only the last one in the other")
        for axis, (one, other) in enumerate(zip(*shapes, strict=True)):
            if not same(one, other) and not (axis == units and self.merge == "concat"):
                texts = f"{shown(one, PLAIN)} and {shown(other, PLAIN)}"
                raise LayerError(
                    f"has {texts} {forward.output[axis].name} in its two directions; only concat joins these"
                )


_JOINED = {
    "concat": "the outputs of both directions are concatenated",
    "sum": "the outputs of both directions are added",
    "mul": "the outputs of both directions are multiplied",
    "ave": "the outputs of both directions are averaged",
}


def _units(output: tuple[Axis, ...]) -> int:
    """Which axis holds the outputs of the units."""
    return next(i for i, axis in reversed(list(enumerate(output))) if axis.name in ("channels", "features"))


def _named(direction: str, layer: Layer, tensors: tuple[Tensor, ...], *, own_name: bool = False) -> tuple[Tensor, ...]:
    """The tensors of one direction; a layer that is given to read backwards keeps its own name in Keras."""
    kind = getattr(layer, "stored_as", layer.kind)
    path = kind if own_name else f"{direction}_{kind}"
    return tuple(t.inside(direction).called(f"{direction} {t.name}", f"{path}.{t.stored.name}") for t in tensors)


def _marked(rules: Rules, mark: str) -> Rules:
    """The rules of one direction, its letters told from those of the other."""

    return replace(
        rules,
        output=tuple(replace(axis, size=marked(axis.size, mark)) for axis in rules.output),
        tensors=tuple(t.changed(partial(marked, mark=mark)) for t in rules.tensors),
        written=marked(rules.parameters, mark),
        because=changed(rules.because, partial(marked, mark=mark)),
        differs=changed(rules.differs, partial(marked, mark=mark)),
        unit=None,
        units=tuple(
            unit._replace(many=marked(unit.many, mark), copies=marked(unit.copies, mark)) for unit in rules.counted_by
        ),
    )


def _of_both(forward: Text, backward: Text) -> Text:
    """What is said of each direction; once if it comes out alike."""
    ways = [
        together(f"{name}: ", changed(said, partial(marked, mark=name[0].lower())), between="")
        for name, said in (("forward", forward), ("Backward", backward))
    ]
    both = together(*ways, between=". ")
    if forward != backward:
        return both
    each = together("both directions alike: ", changed(forward, partial(marked, mark="f")), between="")
    if isinstance(each, str) or isinstance(both, str):
        return each
    return Sentence(each.text, both.slots, both.general or both.text)


def _twice(rule: Formula) -> Formula:
    return 2 * rule


def _counted(rules: Rules, direction: str, where: str, copies: Formula = ONE) -> Iterator[Unit]:
    """What the parameters of a direction, or of both alike, are counted by."""
    for unit in rules.counted_by:
        names = unit.tensors or tuple(t.name for t in rules.counted)
        yield unit._replace(
            tensors=tuple(f"{direction} {name}" for name in names),
            copies=copies if unit.copies == ONE else copies * unit.copies,
            where=f"{where} {unit.where}".rstrip(),
        )
