"""Recurrent cells: what a recurrent layer does at one step of a sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, effort
from symparams.model.arguments import COUNT, Kind, Raw, argument, switch
from symparams.model.layer import EVERYWHERE, Axis, Incoming, Layer, Outgoing, Rules, Sight, layer_class, symbol
from symparams.model.tensor import BOTH, Convention, Tensor, flat, macs_rule, parameter_rule, tensor
from symparams.model.work import Work


class Cell(Layer):
    """One step: the features of the step and the outputs of the step before give new outputs."""

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

    def why(self, convention: Convention) -> str:
        """One clause on the parameters."""
        raise NotImplementedError

    def difference(self) -> str:
        """How the conventions differ in the number of parameters."""
        return ""

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 1:
            name = self.kind
            raise LayerError(
                f"takes one step of shape (D), but {x} arrives; rnn({name}(…)) runs it over all steps of a sequence"
            )
        self.check(x.convention)
        D = features(x)
        return Rules(
            output=(Axis("features", self.output(x.convention)),),
            tensors=self.tensors(D, x.convention),
            because=self.why(x.convention),
            shape_because=f"every {self.giver} gives one number",
            channels_are="units",
            differs=self.difference(),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return replace(self.besides(arriving[0].convention), because="each weight is used once in a step")

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


_WEIGHS = "weighs all features of the step and all outputs of the step before"

UNITS_OR_CELL = Kind(
    "a number of units, or a cell such as lstmcell(64)",
    lambda raw: cell_of(raw) if isinstance(raw, Layer) else COUNT.read(raw),
    least=COUNT.least,
)


@layer_class
class GatedCell(Cell):
    """A cell whose parts, the gates and the new content, are alike in their weights."""

    units: Formula = argument(COUNT, "units: the outputs", told=True)
    bias: bool = argument(switch(), "whether the units have biases", True, keyword=True, told=True)
    activation: str = argument(
        ACTIVATION, "function of the new content; PyTorch has tanh", "tanh", keyword=True, told=True
    )

    gates: ClassVar[int] = 1  # how many parts, the new content among them
    parts: ClassVar[str] = "every unit"  # what they are, as the beginning of a sentence
    functions: ClassVar[tuple[str, ...]] = ("tanh",)  # the activations that PyTorch has

    def check(self, convention: Convention) -> None:
        if convention == "torch" and self.activation not in self.functions:
            known = " or ".join(self.functions)
            raise LayerError(f"has {known} as its activation in PyTorch, not {self.activation}")

    def unit(self, convention: Convention) -> Symbol:
        """The number of units, under the letter of the convention."""
        return symbol("U", self.units, "units") if convention == "keras" else symbol("H", self.units, "hidden units")

    def output(self, convention: Convention) -> Formula:
        return self.unit(convention)

    def biases(self, convention: Convention) -> int:
        """How many biases a unit has in each part."""
        return 0 if not self.bias else 1 if convention == "keras" else 2

    def tensors(self, D: Formula, convention: Convention) -> tuple[Tensor, ...]:
        U, before, count = self.unit(convention), self.output(convention), self.biases(convention)
        parts = () if self.gates == 1 else (as_formula(self.gates),)
        torch = convention == "torch"
        names = ("weight_ih", "weight_hh") if torch else ("kernel", "recurrent kernel")
        every: list[Tensor] = []
        every.append(tensor(convention, names[0], parts=parts, inputs=(D,), outputs=(U,)))
        every.append(tensor(convention, names[1], parts=parts, states=(before,), outputs=(U,)))
        if torch or count == 1:
            for name in (("bias_ih", "bias_hh") if torch else ("bias",))[:count]:
                every.append(tensor(convention, name, parts=parts, outputs=(U,), kind="bias"))
        elif count:
            two = as_formula(count)
            shape = (two, flat((*parts, U)))
            every.append(tensor(convention, "bias", parts=(*parts, two), outputs=(U,), kind="bias", shape=shape))
        return tuple(every)

    def besides(self, convention: Convention) -> Work:
        U = self.unit(convention)
        count = self.gates * self.biases(convention)
        biases = Work(additions=_times(count, U)) if count else Work()
        return biases.plus(self.mixing(U))

    def mixing(self, U: Formula) -> Work:
        """The functions, and how the gates and the old state make the new one."""
        return effort(self.activation, U)

    def why(self, convention: Convention) -> str:
        count = self.biases(convention)
        biases = ("; there are no biases", ", and adds one bias for each unit", ", and adds two biases for each unit")
        if self.gates == 1:
            biases = ("; there is no bias", ", and has one bias", ", and has two biases")
        return f"{self.parts} {_WEIGHS}{biases[count]}; every step uses these weights again"

    def difference(self) -> str:
        if not self.bias:
            return ""
        one, two = (self.gates * count for count in (1, 2))
        parts = f" in each of the {self.gates} parts" if self.gates > 1 else ""
        return (
            f"Keras has one bias for each unit{parts}, `{_coefficient(one)}U` for each layer and direction; "
            f"PyTorch has two, one beside each of its weight matrices, `{_coefficient(two)}H`"
        )


def _coefficient(factor: int) -> str:
    return "" if factor == 1 else f"{factor}*"


def _times(factor: int, formula: Formula) -> Formula:
    return formula if factor == 1 else factor * formula


@layer_class
class RNNCell(GatedCell):
    """One step of a simple recurrent layer: (D + U)·U + U parameters in Keras, (D + H)·H + 2·H in PyTorch.

    D features arrive and as many numbers leave as it has units. PyTorch has tanh and relu. Elman, Finding Structure in
    Time, 1990.
    """

    names: ClassVar = ("rnncell", "SimpleRNNCell")
    stock: ClassVar = BOTH
    title: ClassVar = "Simple recurrent cell"
    example: ClassVar = "input(32) -> rnncell(64)"
    stored_as: ClassVar = "simple_rnn_cell."
    functions: ClassVar = ("tanh", "relu")


GATES = "function of the gates; PyTorch has sigmoid"
RESET_AFTER = "whether the reset gate comes after the matrix, as always in PyTorch"


def check_gates(function: str, convention: Convention) -> None:
    """PyTorch has one function for the gates."""
    if convention == "torch" and function != "sigmoid":
        raise LayerError(f"has sigmoid as the function of its gates in PyTorch, not {function}")


@layer_class
class LSTMCell(GatedCell):
    """One step of an LSTM: 4·((D + U)·U + U) parameters in Keras, 4·((D + H)·H + 2·H) in PyTorch.

    D features arrive and as many numbers leave as it has units; the cell state is kept inside. Hochreiter and
    Schmidhuber, Long Short-Term Memory, 1997.
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)

    names: ClassVar[tuple[str, ...]] = ("lstmcell",)
    stock: ClassVar = BOTH
    title: ClassVar[str] = "Long short-term memory cell"
    example: ClassVar = "input(32) -> lstmcell(64)"
    stored_as: ClassVar = "lstm_cell."
    gates: ClassVar = 4
    parts: ClassVar = "each of the 4 parts, the input, forget and output gates and the new content,"

    def check(self, convention: Convention) -> None:
        GatedCell.check(self, convention)
        check_gates(self.recurrent_activation, convention)

    def mixing(self, U: Formula) -> Work:
        """c = f·c + i·g and o·tanh(c): three products and a sum; three gates, and the activation twice."""
        work = Work(multiplications=3 * U, additions=U)
        return work.plus(effort(self.recurrent_activation, 3 * U)).plus(effort(self.activation, 2 * U))


@layer_class
class ProjectedLSTMCell(LSTMCell):
    """An LSTM cell whose H outputs a matrix makes P: what leaves and what the next step sees."""

    projection: Formula = argument(COUNT, "outputs", as_formula(1))

    names: ClassVar = ()  # only the layer has it
    giver: ClassVar = "output of the projection"

    def output(self, convention: Convention) -> Formula:
        return symbol("P", self.projection, "outputs of the projection")

    def tensors(self, D: Formula, convention: Convention) -> tuple[Tensor, ...]:
        outputs, units = self.output(convention), self.unit(convention)
        matrix = tensor(convention, "weight_hr", inputs=(units,), outputs=(outputs,))
        return (*LSTMCell.tensors(self, D, convention), matrix)

    def why(self, convention: Convention) -> str:
        return f"{LSTMCell.why(self, convention)}; one more matrix makes the outputs, fewer than the units"


@layer_class
class GRUCell(GatedCell):
    """One step of a GRU: 3·((D + U)·U + 2·U) parameters in both frameworks.

    D features arrive and as many numbers leave as it has units. With reset_after=no (Keras; the original form) there is
    one bias for each unit and gate: 3·((D + U)·U + U). Cho et al., Learning Phrase Representations using RNN
    Encoder-Decoder, 2014.
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)
    reset_after: bool = argument(switch(), RESET_AFTER, True, keyword=True)

    names: ClassVar = ("grucell",)
    stock: ClassVar = BOTH
    title: ClassVar = "Gated recurrent unit cell"
    example: ClassVar = "input(32) -> grucell(64)"
    stored_as: ClassVar = "gru_cell."
    gates: ClassVar = 3
    parts: ClassVar = "each of the 3 parts, the reset gate, the update gate and the new content,"

    def check(self, convention: Convention) -> None:
        GatedCell.check(self, convention)
        check_gates(self.recurrent_activation, convention)
        if convention == "torch" and not self.reset_after:
            raise LayerError("has its reset gate after the matrix in PyTorch; leave out reset_after=no")

    def biases(self, convention: Convention) -> int:
        return 0 if not self.bias else 2 if self.reset_after else 1

    def mixing(self, U: Formula) -> Work:
        """r·h and (1 - z)·g + z·h: three products, two sums; two gates and the activation."""
        work = Work(multiplications=3 * U, additions=2 * U)
        return work.plus(effort(self.recurrent_activation, 2 * U)).plus(effort(self.activation, U))

    def difference(self) -> str:
        if self.reset_after or not self.bias:
            return ""
        return (
            "with reset_after=no Keras has one bias for each unit in each of the 3 parts, `3*U` for each layer and "
            "direction; by default, and always in PyTorch, there are two, `6*U`"
        )
