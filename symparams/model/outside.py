"""What a layer from outside the package says of itself, checked: whoever wrote it did not run the package's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from symparams import extensions
from symparams.algebra.equality import collected, same
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, product, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError, listed
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Reach, Relation, Rules
from symparams.model.sentence import Sentence
from symparams.model.tensor import Role, Tensor, TensorKind
from symparams.model.work import Work


def is_outside(layer: Layer) -> bool:
    """Whether a layer is none of the package."""
    return extensions.is_outside(type(layer).__module__)


def rules_of(layer: Layer, arriving: tuple[Incoming, ...], facts: Facts) -> Rules:
    """The rules of a layer from outside, if they are what they should be."""
    with _failures():
        rules = layer.rules(*arriving)
    for wrong in _wrong_in(rules, facts):
        raise LayerError(f"{extensions.whose(type(layer).__module__)}: {wrong}")
    return rules


def check_methods(layer: Layer, out: Outgoing, arriving: tuple[Incoming, ...]) -> None:
    """Raise LayerError where the other methods of a layer from outside do not give what they should."""
    with _failures():
        work, reach, cache = layer.work(out, *arriving), layer.reach(*arriving), layer.cache(out, *arriving)
    fits = {
        "work": isinstance(work, Work),
        "reach": isinstance(reach, str) or all(isinstance(one, Reach) for one in reach),
        "cache": isinstance(cache, Formula),
    }
    for method, is_right in fits.items():
        if not is_right:
            origin = extensions.whose(type(layer).__module__)
            raise LayerError(f"{origin}: {method}() gives something other than what Layer.{method} says")


@contextmanager
def _failures() -> Iterator[None]:
    """What an extension does wrong inside is an error of the layer, so that its place is told."""
    try:
        yield
    except Exception as error:
        extensions.distributions()  # a layer that was unpickled is known before they are
        failed = extensions.failure(error)
        if failed is None:
            raise
        raise LayerError(failed.matter) from error


def _wrong_in(rules: object, facts: Facts) -> Iterator[str]:
    if not isinstance(rules, Rules):
        yield f"rules() gives {type(rules).__name__}, not Rules"
        return
    if not all(isinstance(axis, Axis) and isinstance(axis.size, Formula) for axis in rules.output):
        yield "the output of rules() has something other than axes"
    sentences = (rules.because, rules.shape_reason, rules.differs, *rules.ignores)
    if not (all(isinstance(s, str | Sentence) for s in sentences) and isinstance(rules.channels_are, str | None)):
        yield "a sentence of rules() is not text"
    relations = get_args(Relation)
    for requirement in rules.requires:
        if requirement.relation not in relations:
            yield f"rules() requires the relation `{requirement.relation}`; the choices are {listed(relations)}"
    for tensor in rules.tensors:
        yield from _wrong_in_tensor(tensor, facts)
    numbers = collected(total(tensor.size for tensor in rules.counted), facts)
    count = collected(rules.parameters, facts)
    if not same(numbers, count, facts):
        has, gives = shown(numbers, PLAIN), shown(count, PLAIN)
        yield f"its tensors have {has} numbers, but its rule for the parameters gives {gives}"


def _wrong_in_tensor(tensor: object, facts: Facts) -> Iterator[str]:
    if not isinstance(tensor, Tensor):
        yield f"the tensors of rules() have {type(tensor).__name__} among them"
        return
    kinds, roles = get_args(TensorKind), get_args(Role)
    if tensor.kind not in kinds:
        yield f"the tensor `{tensor.name}` is of the kind `{tensor.kind}`; the choices are {listed(kinds)}"
    for axis in tensor.axes:
        if axis.role not in roles:
            yield f"the tensor `{tensor.name}` has an axis of the role `{axis.role}`; the choices are {listed(roles)}"
    each = collected(product(axis.size for axis in tensor.axes if axis.role != "copy"), facts)
    stored = collected(product(tensor.stored.shape), facts)
    if not same(each, stored, facts):
        has, keeps = shown(each, PLAIN), shown(stored, PLAIN)
        yield f"the tensor `{tensor.name}` has {has} numbers, but is stored as {keeps}"
