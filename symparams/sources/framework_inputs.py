"""What a framework's calls say of the data that comes in -> our own `input`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, count

from symparams.algebra.formula import Formula, Symbol, symbols
from symparams.errors import Place, Source, SymparamsError
from symparams.layers.embedding import Embedding
from symparams.layers.recurrent import Recurrent
from symparams.layers.source import Input
from symparams.model.tensor import Convention
from symparams.sources import records as r
from symparams.sources.framework_arguments import Bound
from symparams.sources.framework_names import Meaning
from symparams.sources.printer import written_value


class Inputs:
    """Makes the inputs of one text."""

    def __init__(
        self, source: Source, convention: Convention, channels_first: bool, statements: Sequence[r.Statement]
    ) -> None:
        self.source = source
        self.convention = convention
        self.channels_first = channels_first  # whether the shapes of a Keras model have the channels first
        self.statements = statements  # of the text

    @cached_property
    def letters(self) -> set[str]:
        """The letters that the text uses."""
        return {s.name for formula in _formulas(self.statements) for s in symbols(formula)}

    def declared(self, call: r.Call, meaning: Meaning, found: Bound) -> r.Call:
        """`Input(shape=(28, 28, 1))` as our own input."""
        given = {p.name: a for p, a in found.given} | found.common
        said = next((given[name] for name in _SHAPES if name in given and given[name].value != r.NONE), None)
        if said is None:
            raise SymparamsError(f"{call.name} needs shape: {call.name}(shape)", Place(self.source, *call.at))
        name = said.keyword or "shape"
        return call._replace(arguments=self.sizes(said, name, meaning), entry=meaning.entry)

    def brought(self, call: r.Call, meaning: Meaning) -> r.Call | None:
        """The input that a first layer brings with it: `Dense(64, input_dim=784)`."""
        if meaning.entry.layer.inputs == "none":
            return None
        said = _torch_shape(call, meaning) if self.convention == "torch" else _keras_shape(call, meaning)
        return None if said is None else r.Call("input", self.sizes(said, said.keyword or "", meaning), call.at)

    def sizes(self, said: r.Argument, name: str, meaning: Meaning) -> tuple[r.Argument, ...]:
        """The sizes of an input, the channels last; letters where they are open."""
        value, rank = said.value, meaning.entry.rank
        if isinstance(value, Symbol) and rank is not None and meaning.entry.layer is not Input:
            value = (r.NONE,) * (rank + 1)  # a shape that is not said here
        sizes: tuple[object, ...] = value if isinstance(value, tuple) else (value,)
        if name.startswith("batch"):
            sizes = sizes[1:]
        if self.channels_first and len(sizes) > 2:
            sizes = (*sizes[1:], sizes[0])
        if not sizes or not all(isinstance(one, Formula) for one in sizes):
            matter = f"{name} must be sizes, such as (28, 28, 1), not {written_value(value)}"
            raise SymparamsError(matter, Place(self.source, *said.at))
        letters = _LETTERS.get(len(sizes), ("n",) * len(sizes))
        if self.convention == "torch" and not issubclass(meaning.entry.layer, Recurrent):
            letters = (letters[-1], *letters[:-1])
        if self.convention == "torch" and rank == 1:
            letters = ("C", "L")
        if len(sizes) == 1 and issubclass(meaning.entry.layer, Embedding):
            letters = ("T",)
        meant = [self.free(letter) if one == r.NONE else one for one, letter in zip(sizes, letters, strict=True)]
        return tuple(r.Argument(None, one, said.at, name) for one in meant if isinstance(one, Formula))

    def free(self, wanted: str) -> Symbol:
        """A letter that the text does not use."""
        candidates = chain((wanted,), (f"{wanted}_{n}" for n in count(2)))
        letter = next(name for name in candidates if name not in self.letters)
        self.letters.add(letter)
        return Symbol(letter)


def _keras_shape(call: r.Call, meaning: Meaning) -> r.Argument | None:
    """What the first layer of a Keras model says of its input, the open sizes as None."""
    own = {p.name for p in meaning.called.parameters()}
    given = {a.keyword: a for a in call.arguments if a.keyword is not None and a.value != r.NONE}
    said = next((given[name] for name in _SHAPES if name in given), None)
    if said is not None:
        return said
    length, width = given.get("input_length"), None if "input_dim" in own else given.get("input_dim")
    embeds = issubclass(meaning.entry.layer, Embedding)
    at = next((a.at for a in (length, width) if a is not None), call.at if embeds else None)
    if at is None:
        return None
    in_time = width is not None and (meaning.entry.rank == 1 or issubclass(meaning.entry.layer, Recurrent))
    sizes = (length, width) if in_time else (length if embeds else width,)
    return r.Argument("input_length", tuple(r.NONE if one is None else one.value for one in sizes), at)


def _torch_shape(call: r.Call, meaning: Meaning) -> r.Argument | None:
    """What the first layer of a PyTorch model says of its input: its channels, or its features."""
    places = iter([a for a in call.arguments if a.keyword is None])
    by_name = {a.keyword: a for a in call.arguments}
    if issubclass(meaning.entry.layer, Embedding):
        return r.Argument("", (r.NONE,), call.at)
    for parameter in meaning.called.parameters():
        argument = by_name.get(parameter.name) or next(places, None)
        if parameter.told in ("channels", "features") and argument is not None:
            spatial = (r.NONE,) * (meaning.entry.rank or 0) if parameter.told == "channels" else ()
            before = (r.NONE,) if issubclass(meaning.entry.layer, Recurrent) else ()
            return r.Argument(parameter.name, (*before, argument.value, *spatial), argument.at)
    return None


_SHAPES = ("shape", "input_shape", "batch_shape", "batch_input_shape")
_LETTERS = {1: ("n",), 2: ("T", "D"), 3: ("H", "W", "C"), 4: ("D", "H", "W", "C")}


def _formulas(item: object) -> Iterator[Formula]:
    """Every formula in parts of the text."""
    if isinstance(item, Formula):
        yield item
    elif isinstance(item, (tuple, list)):
        for part in item:
            yield from _formulas(part)
