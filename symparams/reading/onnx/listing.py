"""A model in memory -> text, in the form in which ONNX prints its models; weights without their numbers."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from symparams.errors import clean

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIZES, _FACTORS = 1_024, 8  # whole numbers of a tensor that are written, and others
_WORDS = frozenset(("float", "double", "optional", "seq", "map", "sparse_tensor", "inf", "nan"))
# The kinds of attributes, by their numbers in onnx.proto.
_FLOAT, _INT, _STRING, _TENSOR, _GRAPH, _FLOATS, _INTS, _STRINGS = range(1, 9)


def listing(model: Any) -> str:
    """The text of a model."""
    graph = model.graph
    opsets = ", ".join(f"{_quoted(one.domain)} : {one.version}" for one in model.opset_import)
    weights = {weight.name for weight in graph.initializer}
    inputs = ", ".join(_value(value) for value in graph.input if value.name not in weights)
    outputs = ", ".join(map(_value, graph.output))
    lines = [f"<\n   ir_version: {model.ir_version},\n   opset_import: [{opsets}]\n>"]
    lines.append(f"{name(graph.name or 'graph')} ({inputs}) => ({outputs})")
    told = [*map(_initializer, graph.initializer), *(_value(v) for v in graph.value_info if v.name not in weights)]
    if told:
        lines.append("   <" + ",\n    ".join(told) + ">")
    return "\n".join([*lines, "{", *map(_node, graph.node), "}", ""])


def name(given: str | bytes) -> str:
    """A name, between quotes where it is no plain word."""
    text = _decoded(given)
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else _quoted(text)


def _decoded(given: str | bytes) -> str:
    """A text; the library gives bytes where they are not UTF-8."""
    return given.decode("utf-8", "replace") if isinstance(given, bytes) else given


def _quoted(given: str | bytes) -> str:
    text = clean(_decoded(given), 1_000).replace("\n", " ")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _element(number: int) -> str:
    types = importlib.import_module("onnx").TensorProto.DataType
    try:
        return str(types.Name(number)).lower()
    except ValueError:
        return "undefined"


def _value(value: Any) -> str:
    """`float[N,3,?] x`."""
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return f"{'optional' if kind is None else 'seq'}(undefined) {name(value.name)}"
    tensor = value.type.tensor_type
    sizes = "[]"
    if tensor.HasField("shape"):
        dims = ",".join(map(_size, tensor.shape.dim))
        sizes = f"[{dims}]" if dims else ""
    return f"{_element(tensor.elem_type)}{sizes} {name(value.name)}"


def _size(dim: Any) -> str:
    if dim.WhichOneof("value") == "dim_value":
        return str(dim.dim_value)
    return name(dim.dim_param) if dim.dim_param else "?"


def _initializer(tensor: Any) -> str:
    return f"{_typed(tensor)} {name(tensor.name)} = {_data(tensor)}"


def _typed(tensor: Any) -> str:
    dims = ",".join(map(str, tensor.dims))
    return _element(tensor.data_type) + (f"[{dims}]" if dims else "")


def _data(tensor: Any) -> str:
    """`{1, -1}`, or that the numbers are elsewhere."""
    count = 1
    for size in tensor.dims:
        count *= max(size, 0)
    most = _SIZES if _element(tensor.data_type).startswith(("int", "uint", "bool")) else _FACTORS
    if count <= most and tensor.data_location == 0:
        try:
            values = importlib.import_module("onnx.numpy_helper").to_array(tensor).reshape(-1).tolist()
            return "{" + ", ".join(map(_number, values)) + "}"
        except Exception:  # of a library that was given what it does not expect
            return _ELSEWHERE
    return _ELSEWHERE


_ELSEWHERE = '["location": "not read"]'


def _number(value: Any) -> str:
    if isinstance(value, (bytes, str)):
        return _quoted(value)
    return str(int(value)) if isinstance(value, bool) else repr(value) if isinstance(value, (int, float)) else "0"


def _node(node: Any) -> str:
    """`["name"] y = Conv <kernel_shape: ints = [3, 3]> (x, W)`."""
    label = f"[{_quoted(node.name)}] " if node.name else ""
    outputs = ", ".join(map(name, node.output))
    around, called = _decoded(node.domain), _decoded(node.op_type)
    domain = f"{around}." if re.fullmatch(r"[\w.]+", around) else ""
    type_ = called if re.fullmatch(r"\w+", called) else "undefined"
    attributes = ", ".join(_attributes(node.attribute))
    between = f" <{attributes}> " if attributes else " "
    return f"   {label}{outputs} = {domain}{type_}{between}({', '.join(map(name, node.input))})"


def _attributes(attributes: Iterable[Any]) -> Iterator[str]:
    for one in attributes:
        word = name(one.name)
        if one.type == _FLOAT:
            yield f"{word}: float = {one.f!r}"
        elif one.type == _INT:
            yield f"{word}: int = {one.i}"
        elif one.type == _STRING:
            yield f"{word}: string = {_quoted(one.s)}"
        elif one.type == _TENSOR:
            yield f"{word}: tensor = {_typed(one.t)} {_data(one.t)}"
        elif one.type == _GRAPH:
            yield f"{word}: graph = graph () => () {{}}"
        elif one.type in (_FLOATS, _INTS, _STRINGS):
            values = {_FLOATS: one.floats, _INTS: one.ints, _STRINGS: one.strings}[one.type]
            yield f"{word}: {('floats', 'ints', 'strings')[one.type - _FLOATS]} = [{', '.join(map(_number, values))}]"
