"""The text that ONNX prints of a model -> its graph."""

from __future__ import annotations

from typing import NamedTuple

from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.onnx.records import Attribute, Data, Dims, Graph, Operation, Tensor, Value
from symparams.reading.onnx.scanner import Scanner

TEXT_BYTES = 1 << 22  # of the text of a model
_NODES = 30_000  # most of a large model work out sizes
SIZE = 10**12  # that no axis of a tensor exceeds


def graph_of(source: Source) -> Graph:
    """The graph of a model as text; raises SymparamsError, with its place, where the text is no such model."""
    if len(source.text) > TEXT_BYTES:
        raise LimitError(
            f"the text of the model is larger than {TEXT_BYTES >> 20} MiB, which is the limit", None, source
        )
    return _Reader(Scanner(source)).model()


class _Type(NamedTuple):
    """`float[N,3]`."""

    element: str
    dims: Dims | None


class _Reader:
    """Follows the text from its head to the last node."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.places: dict[str, Span] = {}

    def model(self) -> Graph:
        """`< head > name (inputs) => (outputs) < tensors > { nodes }`."""
        s = self.scanner
        if s.is_mark("<"):
            self.past("<", ">")
        name = s.name("the name of a graph").text
        inputs = self.values("(", ")")[0]
        s.expect("=>")
        outputs = self.values("(", ")")[0]
        stated, initializers = self.values("<", ">") if s.is_mark("<") else ([], {})
        operations = tuple(self.operations())
        every = {value.name: value for value in (*outputs, *stated) if value.dims is not None}
        fed = tuple(value for value in inputs if value.name not in initializers)
        return Graph(name, fed, tuple(outputs), initializers, every, operations, self.places)

    def values(self, opening: str, closing: str) -> tuple[list[Value], dict[str, Tensor]]:
        """What stands between brackets: tensors with their types, those with values apart."""
        s = self.scanner
        s.expect(opening)
        plain: list[Value] = []
        valued: dict[str, Tensor] = {}
        while not s.skip(closing):
            type_ = self.type()
            name = s.name("the name of a tensor")
            self.places[name.text] = name.at
            if s.skip("="):
                valued[name.text] = self.tensor(type_)
            else:
                plain.append(Value(name.text, type_.element, type_.dims, name.at))
            if not s.is_mark(closing):
                s.expect(",")
        return plain, valued

    def type(self) -> _Type:
        """`float[N,3]`, `seq(float[N])`."""
        s = self.scanner
        element = s.name("the type of a tensor").text
        if s.is_mark("("):
            self.past("(", ")")
            return _Type(element, None)
        if not s.skip("["):
            return _Type(element, ())
        if s.skip("]"):
            return _Type(element, None)
        dims: list[int | str | None] = []
        while True:
            dims.append(self.size())
            if s.skip("]"):
                return _Type(element, tuple(dims))
            s.expect(",")

    def size(self) -> int | str | None:
        s = self.scanner
        if s.skip("?"):
            return None
        if s.next.kind != "number":
            return s.name("a size").text
        if not s.next.text.isdigit() or len(s.next.text) > 15 or int(s.next.text) > SIZE:
            raise s.error(f"a size is a whole number from 0 to {SIZE:,}")
        return int(s.take().text)

    def tensor(self, type_: _Type) -> Tensor:
        """The values of a tensor: `{1, -1}`, or in brackets where they are kept elsewhere."""
        s = self.scanner
        if type_.dims is None or not all(isinstance(size, int) for size in type_.dims):
            raise s.error("a tensor with values has a size along every axis")
        dims = tuple(size for size in type_.dims if isinstance(size, int))
        if s.is_mark("["):
            self.past("[", "]")
            return Tensor(type_.element, dims, None)
        s.expect("{")
        return Tensor(type_.element, dims, self.data("}"))

    def data(self, closing: str) -> Data:
        """Numbers and texts up to a bracket."""
        s = self.scanner
        found: list[int | float | str] = []
        while not s.skip(closing):
            found.append(self.literal())
            if not s.is_mark(closing):
                s.expect(",")
        return tuple(found)

    def literal(self) -> int | float | str:
        s = self.scanner
        if s.next.kind == "text":
            return s.take().text
        if s.next.kind != "number" or len(s.next.text) > 400:
            raise s.error("a number or a text is expected here")
        text = s.take().text
        try:
            return int(text)
        except ValueError:
            return float(text)

    def past(self, opening: str, closing: str) -> None:
        """Go behind what stands between brackets."""
        s = self.scanner
        s.expect(opening)
        depth = 1
        while depth:
            if s.next.kind == "end":
                raise s.error(f"`{closing}` is missing here")
            depth += s.is_mark(opening) - s.is_mark(closing)
            s.take()

    # ------------------------------------------------------------ nodes

    def operations(self) -> list[Operation]:
        s = self.scanner
        s.expect("{")
        found: list[Operation] = []
        while not s.skip("}"):
            if len(found) >= _NODES:
                raise LimitError(f"the model has more than {_NODES:,} nodes, which is the limit", None, s.source)
            found.append(self.operation())
        return found

    def operation(self) -> Operation:
        """`["name"] y = Conv <kernel_shape: ints = [3, 3]> (x, W)`."""
        s = self.scanner
        name = ""
        if s.skip("["):
            name = s.name("the name of a node").text
            s.expect("]")
        outputs = [s.name("what a node gives").text] if not s.is_mark("=") else []
        while s.skip(","):
            outputs.append(s.name("what a node gives").text)
        s.expect("=")
        called = s.name("an operator")
        domain, _, type_ = called.text.rpartition(".")
        attributes, has_graph = self.attributes() if s.is_mark("<") else ({}, False)
        s.expect("(")
        inputs: list[str] = []
        while not s.skip(")"):
            inputs.append("" if s.is_mark(",") else s.name("what feeds a node").text)
            if not s.is_mark(")"):
                s.expect(",")
        if s.is_mark("<") and not attributes:
            attributes, has_graph = self.attributes()
        own = "" if domain == "ai.onnx" else domain
        return Operation(name, own, type_, tuple(inputs), tuple(outputs), attributes, called.at, has_graph)

    def attributes(self) -> tuple[dict[str, Attribute], bool]:
        s = self.scanner
        s.expect("<")
        found: dict[str, Attribute] = {}
        has_graph = False
        while not s.skip(">"):
            name = s.name("the name of an attribute").text
            kind = s.name("the type of an attribute").text if s.skip(":") else ""
            s.expect("=")
            if kind.startswith("graph"):
                has_graph = True
                self.past_graph()
            else:
                found[name] = self.attribute()
            if not s.is_mark(">"):
                s.expect(",")
        return found, has_graph

    def past_graph(self) -> None:
        """Go behind a graph, whose last bracket is that of its nodes."""
        while not self.scanner.is_mark("{"):
            if self.scanner.is_mark("<"):
                self.past("<", ">")
            elif self.scanner.next.kind == "end":
                raise self.scanner.error("a graph is expected here")
            else:
                self.scanner.take()
        self.past("{", "}")

    def attribute(self) -> Attribute:
        s = self.scanner
        if s.skip("["):
            return self.data("]")
        if s.next.kind == "word":
            word = s.next
            type_ = self.type()
            if s.next.kind in ("word", "text"):
                s.take()  # the name of the tensor
            if s.skip("="):
                pass
            if not s.is_mark("{") and not s.is_mark("["):
                raise SymparamsError(
                    "an attribute is a number, a text, a list of them or a tensor", Place(s.source, *word.at)
                )
            return self.tensor(type_)
        return self.literal()
