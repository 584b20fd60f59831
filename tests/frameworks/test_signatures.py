"""The tables of framework classes against the installed frameworks: every argument, in order, with its default."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from symparams.algebra.formula import Number, Symbol, as_formula
from symparams.errors import Source, Span
from symparams.layers import CATALOGUE
from symparams.layers.recurrent_cells import RNNCell
from symparams.model.framework import Framework
from symparams.model.layer import Layer
from symparams.sources import records as r
from symparams.sources.binding import Given, bind
from symparams.sources.framework_calls import understood
from symparams.sources.framework_names import Meaning, classes
from symparams.sources.words import reserved_words

pytestmark = pytest.mark.framework

# What the catalogue has no layer for, with the reason.
NO_LAYER = {
    "Layer": "a base class", "Wrapper": "a base class", "InputSpec": "a base class", "Pipeline": "layers in a row",
    "FlaxLayer": "foreign code", "JaxLayer": "foreign code", "TFSMLayer": "foreign code", "Lambda": "code",
    "TorchModuleWrapper": "foreign code", "HashedCrossing": "text", "TextVectorization": "text",
    "MaxNumBoundingBoxes": "boxes",
    "Module": "a base class", "RNNBase": "a base class", "RNNCellBase": "a base class", "Container": "a base class",
    "Sequential": "layers in a row", "ModuleList": "layers", "ModuleDict": "layers", "DataParallel": "a wrapper",
    "Parameter": "a tensor", "ParameterList": "tensors", "ParameterDict": "tensors", "Buffer": "a tensor",
    "UninitializedBuffer": "a tensor", "UninitializedParameter": "a tensor",
    "AdaptiveLogSoftmaxWithLoss": "a loss", "LinearCrossEntropyOptions": "a loss",
}  # fmt: skip

# Keras 2 has defaults that Keras 3 has not.
OPTIONAL = {(f"{name}{rank}D", "pool_size") for name in ("AveragePooling", "AvgPool") for rank in (1, 2, 3)}
OPTIONAL |= {("CategoryEncoding", "num_tokens")}  # which cannot do without
# Arguments of earlier versions, behind those that are there now.
EARLIER = {("LeakyReLU", "alpha"), ("InputLayer", "name"), ("Input", "name")}


def module_of(framework: Framework) -> Any:
    if framework == "torch":
        return pytest.importorskip("torch").nn
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras").layers


def signature(cls: Any) -> Iterator[inspect.Parameter]:
    """The arguments of a class; PyTorch hides those of recurrent layers."""
    if cls.__name__ in ("RNN", "LSTM", "GRU") and cls.__module__.startswith("torch"):
        found = list(inspect.signature(cls.__mro__[1].__init__).parameters.values())[2:]
        if cls.__name__ == "RNN":
            found.insert(3, inspect.Parameter("nonlinearity", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="tanh"))
        yield from (p for p in found if p.name != "proj_size" or cls.__name__ == "LSTM")
        return
    of = cls if inspect.isfunction(cls) else cls.__init__
    for parameter in inspect.signature(of).parameters.values():
        if parameter.name != "self" and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            yield parameter


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_every_class_has_a_table(framework: Framework) -> None:
    module = module_of(framework)
    found = {n for n in dir(module) if inspect.isclass(getattr(module, n)) and not n.endswith(("Loss", "Loss2d"))}
    known = {meaning.name for meaning in classes()[framework].values()}
    assert found - known - NO_LAYER.keys() == set()


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_arguments_are_those_of_the_framework(framework: Framework) -> None:
    module = module_of(framework)
    wrong: list[tuple[str, str, object]] = []
    for meaning in classes()[framework].values():
        if not hasattr(module, meaning.name):
            continue  # of an earlier version
        theirs = [p for p in signature(getattr(module, meaning.name)) if p.name != "name"]
        ours = [p for p in meaning.called.parameters() if (meaning.name, p.name) not in EARLIER]
        order = [p.name for p in theirs if p.kind is not p.KEYWORD_ONLY]
        if order != [p.name for p in ours if p.positional]:
            wrong.append((meaning.name, "order", order))
        if {p.name for p in theirs} != {p.name for p in ours}:
            wrong.append((meaning.name, "names", [p.name for p in theirs]))
        for one in ours:
            demanded = next(p.default is p.empty for p in theirs if p.name == one.name)
            if demanded != (one.required or bool(one.told)) and (meaning.name, one.name) not in OPTIONAL | TOLD:
                wrong.append((meaning.name, one.name, "demanded" if demanded else "not demanded"))
    assert wrong == [], wrong


TOLD = {(name, "axis") for name in ("BatchNormalization", "GroupNormalization")}


# ---------------------------------------------------------------- defaults


SAMPLES: dict[str, Any] = {
    "layer": r.Call("dense", (r.Argument(None, Number(3), Span(0)),), Span(0)),
    "cell": r.Call("rnncell", (r.Argument(None, Number(3), Span(0)),), Span(0)),
    "encoder_layer": r.Call("encoderlayer", (r.Argument(None, Number(2), Span(0)),), Span(0)),
    "cells": (r.Call("rnncell", (r.Argument(None, Number(3), Span(0)),), Span(0)),),
    "equation": '"abc,cd->abd"',
    "activation": Symbol("relu"),
    "rate": Number(0),
    "stddev": Number(0),
}
SAMPLES["decoder_layer"] = SAMPLES["encoder_layer"]


def record(value: Any) -> Any:
    """A value of Python as the records of the language have it."""
    if value is None or isinstance(value, bool):
        return Symbol(str(value))
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, (tuple, list)):
        return tuple(map(record, value))
    if callable(value):
        return Symbol(value.__name__)
    return as_formula(Fraction(str(value)))


RESERVED = reserved_words(CATALOGUE)


def layer(meaning: Meaning, framework: Framework, **given: Any) -> Layer:
    """The layer that a call makes."""
    required = {p.name: SAMPLES.get(p.name, Number(2)) for p in meaning.called.parameters() if p.required}
    arguments = tuple(r.Argument(name, value, Span(0)) for name, value in (required | given).items())
    prefix = "nn." if framework == "torch" else "layers."
    chain = r.Chain((r.Call(prefix + meaning.name, arguments, Span(0)),), Span(0))
    statement = understood([chain], Source("call", ""), CATALOGUE).statements[0]
    assert isinstance(statement, r.Chain)
    call = statement.items[-1]
    assert isinstance(call, r.Call)
    return made(call)


def made(call: r.Call) -> Layer:
    entry = call.entry or CATALOGUE[call.name.casefold()]
    given = tuple(Given(a.keyword, meant(a.value)) for a in call.arguments)
    return bind(entry, call.name, given, RESERVED)


def meant(value: Any) -> Any:
    from symparams.model.arguments import KEEP, Quoted

    if isinstance(value, r.Call):
        return made(value)
    if isinstance(value, str):
        return Quoted(value[1:-1])
    if isinstance(value, tuple):
        return tuple(map(meant, value))
    return KEEP if value == Symbol(KEEP) else value


# Our argument and the default of a framework, where ours says the same otherwise.
ALIKE = {
    ("axis", -1), ("sequences", False), ("offset", 0.0), ("padding", 0), ("output_padding", 0), ("parameters", 1),
}  # fmt: skip


def shortest(value: Any) -> Any:
    """One size for all axes where all are alike: 1 for ((1, 1), (1, 1))."""
    if isinstance(value, tuple):
        several = {shortest(one) for one in value}
        return several.pop() if len(several) == 1 else value
    return value


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_defaults_are_those_of_the_framework(framework: Framework) -> None:
    module, wrong = module_of(framework), []
    for meaning in classes()[framework].values():
        if not hasattr(module, meaning.name) or meaning.entry.layer.names[0] == "input":
            continue
        plain = layer(meaning, framework)
        defaults = {p.name: p.default for p in signature(getattr(module, meaning.name)) if p.default is not p.empty}
        for parameter in meaning.called.parameters():
            if parameter.argument and parameter.name in defaults and not parameter.required:
                default = shortest(defaults[parameter.name])
                said = layer(meaning, framework, **{parameter.name: record(default)})
                if said != plain and (parameter.argument, default) not in ALIKE and parameter.argument != "settings":
                    wrong.append((meaning.name, parameter.name, default))
    assert wrong == [], wrong


def test_a_default_that_differs_is_found() -> None:
    assert layer(classes()["keras"]["gru"], "keras", reset_after=Symbol("False")) != layer(
        classes()["keras"]["gru"], "keras"
    )
    assert isinstance(layer(classes()["torch"]["rnncell"], "torch"), RNNCell)
