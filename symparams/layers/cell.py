"""What all recurrent cells have in common: what a recurrent layer does at one step of a sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.formula import Formula, Symbol
from symparams.errors import LayerError
from symparams.model.arguments import COUNT, Kind, Raw
from symparams.model.layer import EVERYWHERE, Axis, Incoming, Layer, Outgoing, Rules, Sight, Unit, symbol
from symparams.model.sentence import Text, say
from symparams.model.tensor import Convention, Sizes, Tensor, macs_rule, parameter_rule
from symparams.model.work import Work


class Cell(Layer):
    """One step: the features of the step and the outputs of the previous step give new outputs."""

    family: ClassVar = "Recurrent layers"

    __slots__ = ()

    giver: ClassVar[str] = "unit"  # what gives the numbers of its output
    stored_as: ClassVar[str] = ""  # the path of its tensors in a layer of Keras that runs it

    def check(self, convention: Convention) -> None:
        """Raise LayerError for what the convention does not have."""

    def output(self, convention: Convention) -> Formula:
        """How many numbers it gives at a step."""
        raise NotImplementedError

    def parameters(self, D: Formula, convention: Convention) -> Formula:
        """Its parameters where D features arrive."""
        return parameter_rule(self.tensors(D, convention))

    def tensors(self, D: Formula, convention: Convention) -> tuple[Tensor, ...]:
        """Its tensors, as the framework stores them."""
        raise NotImplementedError

    def macs(self, D: Formula, convention: Convention) -> Formula:
        """The multiply-accumulates of one step."""
        return macs_rule(self.tensors(D, convention), ())

    def besides(self, convention: Convention) -> Work:
        """What else it computes in one step."""
        raise NotImplementedError

    def why(self, who: str, D: Formula, convention: Convention) -> Text:
        """What its values are made from, where D features arrive at who has the cell: in each step the layer."""
        raise NotImplementedError

    def brief(self, convention: Convention) -> Text:
        """What its values are, in a clause, for several cells in one sentence."""
        raise NotImplementedError

    def counted_by(self, convention: Convention) -> tuple[Unit, ...]:
        """What its parameters are counted by."""
        raise NotImplementedError

    def difference(self, convention: Convention, copies: Sizes, parameters: Formula | None) -> Text:
        """How the number of parameters depends on the convention, where there are so many copies of it, as factors."""
        return ""

    def differs_by_argument(self, convention: Convention) -> bool:
        """Whether that is because of an argument's default."""
        return False

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 1:
            name = self.kind
            raise LayerError(
                f"takes one step of shape (D), not {x}; rnn({name}(…)) runs it over all steps of a sequence"
            )
        self.check(x.convention)
        D, tensors = features(x), self.tensors(features(x), x.convention)
        return Rules(
            output=(Axis("features", self.output(x.convention)),),
            tensors=tensors,
            because=self.why("the cell", D, x.convention),
            shape_because=f"the output has one value per {self.giver}",
            channels_are="units",
            differs=self.difference(x.convention, (), parameter_rule(tensors)),
            differs_by_argument=self.differs_by_argument(x.convention),
            units=self.counted_by(x.convention),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        (x,) = arriving
        because = say(
            "in one step every weight is multiplied once: {=products products}",
            products=self.macs(features(x), x.convention),
        )
        return replace(self.besides(x.convention), because=because)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


def features(x: Incoming) -> Symbol:
    """The features that arrive at each step."""
    return symbol("D", x.shape[-1], "input features", incoming=True)


def cell_of(raw: Raw) -> Cell:
    """A cell given as an argument."""
    if not isinstance(raw, Cell):
        raise ValueError
    return raw


EACH_WAY = "in each direction"  # where the units of a layer are that reads both ways
JOINED = "; the outputs of both are joined, {=both features}"  # of two directions

UNITS_OR_CELL = Kind(
    "a number of units, or a cell such as lstmcell(64)",
    lambda raw: cell_of(raw) if isinstance(raw, Layer) else COUNT.read(raw),
    least=COUNT.least,
)
