"""What a user's template may do, and what each thing costs: work is counted in steps, never in seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

from symparams import limits
from symparams.algebra.formula import Formula, parts
from symparams.errors import LimitError, SymparamsError
from symparams.model.sentence import Sentence, Text

_STEPS = 1_000_000  # that a template may take, and
_STEPS_PER_LAYER = 1_000  # for each layer of the network
_CHARACTERS = 8  # that are written or copied in a step
_NODE = 8  # steps for a node of a formula
_WIDTH = 1_000  # characters to which a format such as %9d may fill up
_PRECISION = 100  # places to which a number may be rounded
_SEQUENCES: tuple[type[Collection[Any]], ...] = (
    list,
    tuple,
    set,
    frozenset,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)

# The filters by which a compiled template takes its steps: no template can write such names.
SPENT, READ, WRITTEN = "(spent)", "(read)", "(written)"

Price: TypeAlias = Callable[..., int]  # of a call with these arguments, in steps beyond those for reading them


class Meter:
    """The steps that are left for a template."""

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self.most = self._left = _STEPS + _STEPS_PER_LAYER * layers

    def spend(self, steps: int = 1) -> None:
        """Take steps; a template that goes on without end stops here."""
        self._left -= steps
        if self._left < 0:
            raise LimitError(f"this template takes more than {self.most:,} steps, which is the limit")

    def read(self, *values: Any) -> None:
        """Take the steps that going through values needs, whatever is in them."""
        self._go_through(list(values), text=False)

    def write(self, *values: Any) -> None:
        """The same for values that are made text; an error for one that has none."""
        self._go_through(list(values), text=True)

    def cost(self, value: Any) -> int:
        """The steps that going through a value needs, which are taken."""
        before = self._left
        self.read(value)
        return before - self._left

    def _go_through(self, values: list[Any], text: bool) -> None:
        while values:
            value = values.pop()
            if isinstance(value, str):
                self.spend(1 + len(value) // _CHARACTERS)
            elif isinstance(value, (int, float)) or value is None:
                self.spend()
            elif isinstance(value, range):
                self.spend(1 + len(value))
            elif isinstance(value, _SEQUENCES):
                self.spend(1 + len(value))
                values.extend(value)
            elif isinstance(value, (dict, MappingProxyType)):
                self.spend(1 + len(value))
                values.extend((*value.keys(), *value.values()))
            elif isinstance(value, Sentence):
                self.spend(1 + len(value.text) // _CHARACTERS + _NODE * len(value.slots))
            elif isinstance(value, Formula) and not text:
                self.spend(_NODE)
                values.extend(parts(value))
            elif isinstance(value, Undefined) and text:
                str(value)  # an error, of a name that is not defined
            elif isinstance(value, Fraction) or not text:
                self.spend()
            else:
                raise SymparamsError(_without_text(value))


def _without_text(value: Any) -> str:
    if isinstance(value, Formula):
        return "a formula is printed with `number`, `math` or `formula`"
    return f"{_named(value)} is not text; print one of its attributes"


def _named(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def characters(count: int) -> int:
    """The steps in which so many characters are made."""
    return max(count, 0) // _CHARACTERS


# ---------------------------------------------------------------- methods of texts and lists


def filled(text: Any, width: Any = 0, *_: Any) -> int:
    """The price of a text filled up to a width."""
    return characters(int(width))


def _with_tabs(text: str, tabsize: Any = 8) -> int:
    return characters(text.count("\t") * int(tabsize))


def replacing(text: Any, old: Any = "", new: Any = "", *_: Any, **__: Any) -> int:
    """The price of putting texts in the place of others."""
    return characters(str(text).count(str(old)) * len(str(new)))


def _apart(text: str, *_: Any, **__: Any) -> int:
    return len(text)


def _joined(text: str, texts: Any) -> int:
    return characters(len(text) * len(texts))


def nothing(*_: Any, **__: Any) -> int:
    """The price of what costs no more than reading its arguments."""
    return 0


_LINEAR = (
    "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit isidentifier islower"
    " isnumeric isprintable isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex"
    " rpartition rstrip startswith strip swapcase title upper"
)
_TEXT: dict[str, Price] = {
    **dict.fromkeys(_LINEAR.split(), nothing),
    **dict.fromkeys(("center", "ljust", "rjust", "zfill"), filled),
    **dict.fromkeys(("rsplit", "split", "splitlines"), _apart),
    "expandtabs": _with_tabs,
    "join": _joined,
    "replace": replacing,
}
METHODS: dict[type, Mapping[str, Price]] = {
    str: _TEXT,
    list: dict.fromkeys(("count", "index"), nothing),
    tuple: dict.fromkeys(("count", "index"), nothing),
    dict: dict.fromkeys(("get", "items", "keys", "values"), nothing),
    int: dict.fromkeys(("bit_length",), nothing),
    float: dict.fromkeys(("is_integer",), nothing),
}


def method_price(owner: object, name: str) -> Price:
    """The price of a method of a text, a list, a number; an error for one that templates may not call."""
    for kind, prices in METHODS.items():
        if isinstance(owner, kind) and name in prices:
            return prices[name]
    raise SecurityError(f"`{name}` of {_named(owner)} cannot be called")


# ---------------------------------------------------------------- operators

_CONVERSION = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?")


def check_format(text: str) -> None:
    """Raise where a format such as %9d or 9d fills up without bound."""
    for sizes in _CONVERSION.findall(text):
        check_widths(*sizes)


def check_widths(*sizes: str) -> None:
    """Raise for a width that is taken from elsewhere or too large."""
    for size in sizes:
        if size == "*":
            raise SecurityError("a width is written as a number, not as *")
        if size and (len(size) > 9 or int(size) > _WIDTH):
            raise LimitError(f"a format here fills up to more than {_WIDTH:,} characters, which is the limit")


def check_operation(meter: Meter, sign: str, left: Any, right: Any) -> None:
    """Take the steps of an operation on two values, and refuse one whose result is too large."""
    if sign == "%" and isinstance(left, (str, bytes)):
        check_format(str(left))
        meter.write(left, *(right if isinstance(right, tuple) else (right,)))
        return
    meter.read(left)
    meter.read(right)
    if sign == "*":
        for times, repeated in ((left, right), (right, left)):
            if isinstance(times, int) and not isinstance(repeated, (int, float, Fraction, Formula)):
                times = max(times, 0)
                meter.spend(
                    characters(times * len(repeated)) if isinstance(repeated, str) else times * meter.cost(repeated)
                )
    if sign == "**" and isinstance(left, int) and isinstance(right, int):
        limits.power(left, right)


def check_number(value: Any) -> Any:
    """A result, unless it is a number of more than 1,000 digits."""
    return limits.checked(value) if isinstance(value, (int, Fraction)) and not isinstance(value, bool) else value


# ---------------------------------------------------------------- filters


def _indented(text: Any, width: Any = 4, *_: Any, **__: Any) -> int:
    per_line = len(width) if isinstance(width, str) else int(width)
    return characters((str(text).count("\n") + 1) * max(per_line, 0))


def _wrapped(text: Any, width: Any = 79, *_: Any, wrapstring: Any = None, **__: Any) -> int:
    """Each line of a word that is too long copies the rest of the word."""
    width = max(int(width), 1)
    longest = max(map(len, str(text).split()), default=0)
    lines = len(str(text)) // width + 1
    return len(str(text)) + characters(lines * (longest + len(str(wrapstring or ""))))


def _formatted(text: Any, *values: Any, **named: Any) -> int:
    check_format(str(text))
    return 0


def _rounded(value: Any, precision: Any = 0, *_: Any, **__: Any) -> int:
    if abs(int(precision)) > _PRECISION:
        raise LimitError(f"a number is rounded to more than {_PRECISION} places, which is the limit")
    return 0


def _pieces(values: Any, count: Any = 0, *_: Any, **__: Any) -> int:
    return max(int(count), 0)


def rounds_of_sorting(count: int) -> int:
    """How often each of so many values is compared when they are sorted."""
    return count.bit_length() + 1


def _summed(values: Any, attribute: Any = None, start: Any = 0) -> int:
    if not isinstance(start, (int, float)):
        raise SecurityError("a sum starts with a number")
    return 0


def _whole(text: Any, *_: Any, **__: Any) -> int:
    if isinstance(text, str) and len(text) > limits.DIGITS:
        raise LimitError(f"a number here has more than {limits.DIGITS:,} digits, which is the limit")
    return 0


def _escaped(text: Any, *_: Any, **__: Any) -> int:
    return characters(6 * len(str(text)))


def catalogue_sentence(text: Text) -> int:
    """The price of a sentence whose pieces between backquotes are read as expressions, and what is put into it."""
    if isinstance(text, Sentence):
        return 500 * len(text.slots) + catalogue_sentence(text.text)
    return 500 * text.count("`") + 20 * len(text)


# Jinja's own filters that templates can use: those that make text, with their prices, and
TEXT_FILTERS: dict[str, Price] = {
    **dict.fromkeys(("capitalize", "lower", "string", "title", "trim", "truncate", "upper", "safe"), nothing),
    **dict.fromkeys(("e", "escape", "forceescape", "tojson"), _escaped),
    "center": filled,
    "format": _formatted,
    "indent": _indented,
    "replace": replacing,
    "wordcount": _apart,
    "wordwrap": _wrapped,
}
# those that take any values.
VALUE_FILTERS: dict[str, Price] = {
    **dict.fromkeys(("abs", "count", "d", "default", "filesizeformat", "first", "items", "last", "length"), nothing),
    **dict.fromkeys(("list", "map", "reject", "rejectattr", "reverse", "select", "selectattr"), nothing),
    **dict.fromkeys(("dictsort", "groupby", "max", "min", "sort", "unique"), nothing),
    **dict.fromkeys(("batch", "slice"), _pieces),
    **dict.fromkeys(("float", "int"), _whole),
    "round": _rounded,
    "sum": _summed,
}

# Those that compare the values, each with the place among its arguments where an attribute to go by may stand.
SORTING = {"dictsort": 99, "groupby": 1, "max": 2, "min": 2, "sort": 3, "unique": 2}


def at_once(value: Any) -> Any:
    """A value; what would be made piece by piece as a list, so that its size is known."""
    return list(value) if isinstance(value, Iterator) else value
