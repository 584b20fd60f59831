"""Jinja's sandbox for templates of users, in which everything that can grow takes its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter
from jinja2.utils import Cycler, Joiner, Namespace

from symparams.documents.entries import LayerEntry
from symparams.documents.metering import (
    READ,
    SORTING,
    SPENT,
    TEXT_FILTERS,
    VALUE_FILTERS,
    WRITTEN,
    Meter,
    Price,
    at_once,
    catalogue_sentence,
    characters,
    check_number,
    check_operation,
    check_widths,
    method_price,
    nothing,
    rounds_of_sorting,
)
from symparams.documents.solution import Solution
from symparams.quantities.layer_quantities import NetworkQuantities
from symparams.quantities.quantity import Quantity

_CALL = 100  # steps of a function of the vocabulary, and
_OUR_READING = 10  # for each step of reading what it is given, and
_PER_LAYER = 10  # for each layer of the network in those that go through all of them
_OVER_ALL = frozenset(
    (
        "amount_rows",
        "differences",
        "further_tables",
        "measure_rows",
        "stated",
        "symbol_rows",
        "total_rows",
        "validity",
        "why",
    )
)
_PROPERTY = 20  # steps of a value that may have to be worked out
_NAMES = ("plain", "named", "spoken", "opening", "code", "code_lines", "digits", "small", "capital", "word", "inline")
_OF_TEXT: Mapping[str, Price] = {  # our filters that take texts
    **dict.fromkeys((*_NAMES, "percent"), len),
    **dict.fromkeys(("prose", "sentence", "full_sentence"), catalogue_sentence),
}


def _calls(values: Any, *cells: Any) -> int:
    """The price of what calls a macro for each value."""
    return _CALL // 10 * len(values) * len(cells)


def _calls_of_grid(values: Any, keys: Any = (), *_: Any) -> int:
    return _CALL // 10 * len(values) * len(keys)


_OF_VALUES: Mapping[str, Price] = {"each": _calls, "rows": _calls, "grid": _calls_of_grid}


class _Fields(SandboxedFormatter):
    """`str.format` whose fields are no wider than the limit and print only what is text."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self._meter = sandbox.meter

    def convert_field(self, value: Any, conversion: Any) -> Any:
        self._meter.write(value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> Any:
        check_widths(*"".join(c if c.isdigit() else " " for c in format_spec).split())
        return super().format_field(value, format_spec)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox in which operators, calls, filters and output take steps."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(
        self, meter: Meter, names: Mapping[str, Any], ours: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        super().__init__(**options, finalize=_finalized)
        self.meter = meter
        self._ours = {value for value in names.values() if callable(value)}
        del self.globals["lipsum"]
        jinjas = self.filters
        self.filters = {
            SPENT: self._spent,
            READ: self._read,
            WRITTEN: self._written,
            **{name: self._filter(name, jinjas[name], price, meter.write) for name, price in TEXT_FILTERS.items()},
            **{name: self._filter(name, jinjas[name], price, meter.read) for name, price in VALUE_FILTERS.items()},
            "join": self._join,
        }
        for name, function in ours.items():
            price = _OF_TEXT.get(name) or _OF_VALUES.get(name, nothing)
            take = meter.write if name in _OF_TEXT else meter.read
            self.filters[name] = self._filter(name, function, price, take)
        tests: Mapping[str, Any] = self.tests
        self.tests = {name: self._filter("", function, nothing, meter.read) for name, function in tests.items()}

    def _spent(self, steps: int) -> bool:
        self.meter.spend(steps)
        return True

    def _read(self, value: Any) -> Any:
        self.meter.read(value)
        return value

    def _written(self, value: Any) -> Any:
        self.meter.write(value)
        return value

    def _filter(
        self, name: str, function: Callable[..., Any], price: Price, take: Callable[..., None]
    ) -> Callable[..., Any]:
        """A filter or test of Jinja's or ours that takes its steps."""
        given = 1 if hasattr(function, "jinja_pass_arg") else 0  # before the value, what Jinja passes

        @wraps(function)
        def priced(*arguments: Any, **named: Any) -> Any:
            passed, values = arguments[:given], [at_once(value) for value in arguments[given:]]
            take(*values[:1])
            self.meter.read(*values[1:], *named.values())
            if name in SORTING:
                attribute = named.get("attribute", (*values, *[None] * 99)[SORTING[name]])
                self._sort(values[0] if attribute is None else map(make_attrgetter(self, attribute), values[0]))
            self.meter.spend(price(*values, **named))
            return check_number(at_once(function(*passed, *values, **named)))

        return priced

    def _sort(self, keys: Iterable[Any]) -> None:
        """Take the steps of comparing keys with each other."""
        keys = list(keys)
        self.meter.spend(self.meter.cost(keys) * rounds_of_sorting(len(keys)))

    def _join(self, values: Any, between: Any = "", attribute: Any = None) -> str:
        texts = [*values] if attribute is None else [*map(make_attrgetter(self, attribute), values)]
        self.meter.write(*texts, between)
        self.meter.spend(len(texts) * self.meter.cost(str(between)))
        return str(between).join(map(str, texts))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        check_operation(self.meter, operator, left, right)
        return check_number(super().call_binop(context, operator, left, right))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(getattr(type(obj), attribute, None), property):
            whole = _is_of_network(obj)
            self.meter.spend(_PROPERTY + (self.meter.layers if whole else 0))
        return super().getattr(obj, attribute)

    def call(self, context: Context, function: Any, *arguments: Any, **named: Any) -> Any:
        arguments = tuple(map(at_once, arguments))
        read = self.meter.cost([*arguments, *named.values()])
        method = getattr(function, "__wrapped__", function)  # newer versions of Jinja wrap `format`
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str) and method.__name__ == "format":
            self.meter.read(owner)
            return _Fields(self).vformat(str(owner), arguments, named)
        if function in self._ours:
            self.meter.spend(_CALL + _OUR_READING * read + self._price(_name(function), arguments))
        elif isinstance(method, (BuiltinMethodType, MethodType)) and isinstance(
            owner, (str, list, tuple, dict, int, float)
        ):
            self.meter.read(owner)
            self.meter.spend(method_price(owner, method.__name__)(owner, *arguments, **named))
            if method.__name__ == "join":
                self.meter.write(*arguments)
        elif not self._is_known(function, owner):
            raise SecurityError(f"`{getattr(function, '__name__', type(function).__name__)}` cannot be called")
        self.meter.spend(_CALL // 10)
        return check_number(super().call(context, function, *arguments, **named))

    def _price(self, name: str, arguments: Sequence[Any]) -> int:
        """What a function of the vocabulary costs beyond reading what it is given."""
        if name == "ruled":  # pads all cells of a column to the widest
            cells = [cell for row in (*arguments[1], *(arguments[2:3] or [()])[0]) for cell in row]
            return characters(len(cells) * max(map(len, cells), default=0))
        if name in _OF_VALUES:
            return _OF_VALUES[name](*arguments)
        over_all = _PER_LAYER * self.meter.layers if name in _OVER_ALL else 0
        return over_all + (max(arguments[1], 0) if name == "total_rows" else 0)

    def _is_known(self, function: Any, owner: Any) -> bool:
        """Whether something is Jinja's own, or asks a solution, a layer of it, or the further quantities."""
        if isinstance(function, (Macro, LoopContext, BlockReference, Joiner)):
            return True
        if isinstance(owner, (Cycler, LoopContext)):
            return True
        if function in (self.globals["range"], dict, Namespace, Cycler, Joiner):
            return True
        if (
            isinstance(owner, (NetworkQuantities, LayerEntry))
            or _is_of_network(owner)
            or getattr(function, "__module__", "") == Quantity.__module__
        ):
            self.meter.spend(_CALL + _PER_LAYER * self.meter.layers)
            return True
        return False


# Where the objects of other documents are; what they say may go through a whole network, as a solution does.
_DOCUMENTS = frozenset(
    f"symparams.documents.{name}"
    for name in (
        "answer",
        "asked_document",
        "comparison_document",
        "diagnosis_sections",
        "exam_document",
        "match_section",
    )
)


def _is_of_network(value: Any) -> bool:
    return isinstance(value, Solution) or type(value).__module__ in _DOCUMENTS


def _name(function: Any) -> str:
    return str(function.name if isinstance(function, Macro) else function.__name__)


@pass_context
def _finalized(context: Context, value: Any) -> Any:
    """What is about to be written."""
    sandbox = context.environment
    assert isinstance(sandbox, Sandbox)
    sandbox.meter.write(value)
    return value
