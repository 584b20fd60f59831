"""A text in our language against a framework: the same layers built there, on the framework's own outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.layers.activation import PReLU
from symparams.layers.merging import Add, Concatenate
from symparams.layers.padding import Cropping, ZeroPadding
from symparams.layers.param import Param
from symparams.layers.resizing import Upsampling
from symparams.layers.source import Input
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network, Node
from tests.differential.coverage import Coverage
from tests.differential.exceptions import ACCEPTED, COUNTS, MACS, REFUSED, SHAPE, STORED, excuse
from tests.differential.family import Built, NoEquivalentError, Sizes
from tests.differential.frameworks import Keras, Torch, is_refusal
from tests.differential.reading import NotUnderstoodError, Read, read
from tests.differential.stored import differences, ours, theirs


class DisagreementError(AssertionError):
    """A layer that a framework has otherwise."""


@dataclass
class Tally:
    """What has been compared."""

    layers: Counter[str] = field(default_factory=Counter)  # that both build, by kind
    coverage: Coverage = field(default_factory=Coverage)
    refused: Counter[str] = field(default_factory=Counter)  # that both refuse
    stored: Counter[type[Layer]] = field(default_factory=Counter)  # whose tensors were compared by name and shape
    macs: int = 0  # layers whose multiply-accumulates were compared
    totals: int = 0  # networks whose sums were compared
    uncompared: Counter[str] = field(default_factory=Counter)  # without an equivalent
    excused: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{self.layers.total()} layers, {self.macs} with multiply-accumulates, {self.totals} totals"]
        for title, found in (
            ("built", self.layers),
            ("refused", self.refused),
            ("without an equivalent", self.uncompared),
            ("excused", self.excused),
        ):
            if found:
                lines.append(f"  {title}: " + ", ".join(f"{what} {n}" for what, n in sorted(found.items())))
        return "\n".join(lines)


class Comparison:
    """One framework, with the layers built so far kept for the next network."""

    def __init__(self, framework: Keras | Torch) -> None:
        self.framework = framework
        self.tally = Tally()
        self.kept: dict[tuple[Layer, tuple[Sizes, ...]], _Found] = {}

    def compare(self, text: str) -> None:
        """Raises DisagreementError at the first layer that differs."""
        try:
            ours = read(text)
        except NotUnderstoodError as error:
            raise DisagreementError(f"the text is not understood: {error}") from error
        if len(self.kept) > 2000:
            self.kept.clear()
        outputs: list[Any] = []
        owners: dict[str, Built | None] = {}  # by name, for shared weights
        for node in ours.nodes:
            outputs.append(self._node(node, [outputs[i] for i in node.inputs], owners))
        if ours.refused is not None:
            self._refused(ours, outputs, owners)
        elif ours.network is not None:
            self._total(ours.network, owners)

    def _node(self, node: Node, inputs: list[Any], owners: dict[str, Built | None]) -> Any:
        shape = _numbers(node.shape)
        if isinstance(node.layer, Input):
            return self.framework.tensor(shape)
        inputs = self._channels_first(node.layer, node.derived.arriving, inputs)
        shapes = tuple(map(self.framework.shape, inputs))
        owner = owners[node.shared] if node.shared else None
        found = self._theirs(node.layer, shapes, inputs, owner)
        if found.shape and node.derived.is_sequence and _turns(node.layer, node.derived.arriving):
            found = replace(found, output=found.output.transpose(1, 2), shape=found.shape[::-1])
        owners[node.name] = found.built
        if isinstance(found.error, NoEquivalentError):
            self.tally.uncompared[node.kind] += 1
            return self.framework.tensor(shape)
        self.tally.layers[node.kind] += 1
        if found.error is not None:
            if self.framework.name == "keras" or not self.framework.runs(node.layer, shapes, owner):
                self._differs(node.layer, shapes, ACCEPTED, f"{node.name}: {shapes} -> {shape}", found.error)
            return self.framework.tensor(shape)
        theirs = found.shape
        if theirs != shape:
            self._differs(node.layer, shapes, SHAPE, f"{node.name}: {shapes} -> {shape}", theirs)
            return self.framework.tensor(shape)
        assert found.built is not None
        self._counts(node, shapes, found)
        if owner is None:
            self.tally.coverage.add(node.layer, shapes, found.built.asked)
        return found.output

    def _channels_first(self, layer: Layer, arriving: Sequence[Incoming], inputs: list[Any]) -> list[Any]:
        """The inputs as PyTorch's layer wants them: a sequence is turned before a layer that reads channels first."""
        if not _turns(layer, arriving):
            return inputs
        return [
            tensor.transpose(1, 2) if len(x.shape) == 2 else tensor for x, tensor in zip(arriving, inputs, strict=True)
        ]

    def _total(self, network: Network, owners: dict[str, Built | None]) -> None:
        """The sums of the whole network, shared weights once."""
        if None in owners.values():
            return
        self.tally.totals += 1
        frozen = {node.name: node.frozen for node in network.nodes}
        found = [self.framework.counts(b, frozen[name]) for name, b in owners.items() if b is not None]
        own = {name for name in owners if network.node(name).shared is None}
        pairs = [pair for name, pair in zip(owners, found, strict=True) if name in own]
        theirs = (sum(a for a, _ in pairs), sum(b for _, b in pairs))
        ours = (_int(network.counts.trainable), _int(network.counts.non_trainable))
        if ours != theirs or _int(network.counts.params) != sum(theirs):
            raise DisagreementError(f"totals\n  symparams: {ours}\n  {self.framework.name}: {theirs}")

    def _counts(self, node: Node, shapes: tuple[Sizes, ...], found: _Found) -> None:
        assert found.built is not None
        ours = (_int(node.counts.trainable), _int(node.counts.non_trainable))
        theirs = (0, 0) if node.shared else self.framework.counts(found.built, node.frozen)
        if ours != theirs or _int(node.counts.params) != sum(theirs):
            self._differs(node.layer, shapes, COUNTS, f"{node.name} on {shapes}: {ours}", theirs)
        if not node.shared:
            self._stored(node, shapes, found.built)
        if found.macs is not None:
            self.tally.macs += 1
            macs = number(node.derived.macs)
            if macs != found.macs:
                self._differs(node.layer, shapes, MACS, f"{node.name} on {shapes}: {macs}", found.macs)

    def _stored(self, node: Node, shapes: tuple[Sizes, ...], built: Built) -> None:
        """Every tensor under the name and in the shape that the framework reports."""
        wanted = theirs(node.layer, built)
        if (wanted is not None) != node.derived.is_stock and any(t.counted for t in node.derived.rules.tensors):
            self._differs(node.layer, shapes, STORED, f"a layer of its own: {node.derived.is_stock}", wanted)
        if wanted is None:
            return
        self.tally.stored[type(node.layer)] += 1
        differ = differences(ours(node), wanted)
        if differ:
            self._differs(node.layer, shapes, STORED, ours(node), differ)

    def _theirs(self, layer: Layer, shapes: tuple[Sizes, ...], inputs: list[Any], owner: Built | None) -> _Found:
        """The layer as the framework has it; from an earlier network if it was the same layer on the same shapes."""
        if owner is not None:
            return self._run(layer, inputs, owner)
        key = (layer, shapes)
        found = self.kept.get(key)
        if found is None:
            try:
                found = self._run(layer, inputs, self.framework.build(layer, shapes))
            except Exception as error:
                found = _Found(error=_checked(error))
            self.kept[key] = found
        return found

    def _run(self, layer: Layer, inputs: list[Any], built: Built) -> _Found:
        macs = None
        try:
            if isinstance(self.framework, Torch) and type(layer) not in self.framework.uncounted:
                output, macs = self.framework.call_counted(built, inputs)
            else:
                output = self.framework.call(built, inputs)
            shape = self.framework.shape(output)
        except Exception as error:
            return _Found(built, error=_checked(error))
        return _Found(built, output, shape, macs)

    def _refused(self, ours: Read, outputs: list[Any], owners: dict[str, Built | None]) -> None:
        assert ours.refused is not None
        layer, indexes, message = ours.refused
        arriving = tuple(ours.nodes[i].derived.leaving for i in indexes)
        inputs = self._channels_first(layer, arriving, [outputs[i] for i in indexes])
        shapes = tuple(map(self.framework.shape, inputs))
        owner = None if ours.shared is None else owners[ours.nodes[ours.shared].name]
        found = self._theirs(layer, shapes, inputs, owner)
        if isinstance(found.error, NoEquivalentError):
            self.tally.uncompared[layer.kind] += 1
            return
        self.tally.refused[layer.kind] += 1
        if found.error is None and self.framework.runs(layer, shapes, owner):
            self._differs(layer, shapes, REFUSED, f"{message} {shapes}", f"{found.shape}")

    def _differs(self, layer: Layer, shapes: tuple[Sizes, ...], what: str, ours: object, theirs: object) -> None:
        known = excuse(layer, shapes, what, self.framework.name)
        if known is None:
            raise DisagreementError(f"{what}\n  symparams: {ours}\n  {self.framework.name}: {theirs!r}\n  {layer}")
        self.tally.excused[known.reason] += 1


@dataclass
class _Found:
    """What the framework says of a layer on an input."""

    built: Built | None = None
    output: Any = None
    shape: Sizes = ()
    macs: int | None = None
    error: Exception | None = None


def _turns(layer: Layer, arriving: Sequence[Incoming]) -> bool:
    """Whether a layer of PyTorch wants the channels first where ours reads the features of a sequence last."""
    by_channels = layer.reading == "channels" or isinstance(layer, (Add, Cropping, PReLU, Upsampling, ZeroPadding))
    by_channels = by_channels or (isinstance(layer, Concatenate) and layer.axis is None)
    by_channels = by_channels or (isinstance(layer, Param) and layer.axis is None and len(layer.shape) == 1)
    return by_channels and bool(next((x.is_sequence for x in arriving if x.is_sequence is not None), False))


def _checked(error: Exception) -> Exception:
    """The error, if it is one by which a framework refuses."""
    if isinstance(error, NoEquivalentError) or is_refusal(error):
        return error.with_traceback(None)
    raise error


def _numbers(shape: Sequence[Any]) -> Sizes:
    return tuple(map(_int, shape))


def _int(value: Any) -> int:
    known = number(as_formula(value))
    assert isinstance(known, int), value
    return known
