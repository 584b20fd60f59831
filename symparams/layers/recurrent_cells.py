"""The recurrent cells of the frameworks: simple, LSTM and GRU."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION, effort
from symparams.layers.cell import Cell
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, torch
from symparams.model.layer import Unit, layer_class, symbol
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Convention, Sizes, Tensor, flat, tensor
from symparams.model.work import Work

_COUNTED = {3: "three", 4: "four"}


@layer_class
class GatedCell(Cell):
    """A cell whose parts, the gates and the candidate state, are alike in their weights."""

    units: Formula = argument(COUNT, "units: the outputs", told=True)
    bias: bool = argument(switch(), "whether the units have biases", True, keyword=True, told=True)
    activation: str = argument(
        ACTIVATION, "activation of the candidate state; PyTorch has tanh", "tanh", keyword=True, told=True
    )

    gates: ClassVar[int] = 1  # how many parts, the candidate state among them
    parts: ClassVar[str] = ""  # what they are, where there are several
    noun: ClassVar[str] = "RNN"  # what a layer of it is called in a sentence
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

    def why(self, who: str, D: Formula, convention: Convention) -> Text:
        before = self.output(convention)
        biases = ("; there is no bias", ", and one bias", ", and two biases, one beside each weight matrix")
        vectors = (
            f"It computes {_COUNTED[self.gates]} vectors of {{U values}}: {self.parts}. " if self.gates > 1 else ""
        )
        return say(
            f"{who} sees {{D input features}} and its own {{before outputs}} from the previous step. {vectors}"
            f"Each {self._one} has one weight for each of these {{.seen}} inputs{biases[self.biases(convention)]}",
            D=D,
            before=before,
            U=self.unit(convention),
            seen=D + before,
        )

    def brief(self, convention: Convention) -> Text:
        computed = f"computes {self.parts}, {{U values}} each" if self.gates > 1 else "has {U units}"
        biases = ("without biases", "with one bias per", "with two biases per")[self.biases(convention)]
        return say(f"{computed}, {biases}{f' {self._one}' if self.bias else ''}", U=self.unit(convention))

    @property
    def _one(self) -> str:
        """What is computed from all inputs: a value of a gate, or a unit where there are no gates."""
        return "value" if self.gates > 1 else "unit"

    def counted_by(self, convention: Convention) -> tuple[Unit, ...]:
        return (Unit(f"{self._one}s", _times(self.gates, self.unit(convention))),)

    def difference(self, convention: Convention, copies: Sizes, parameters: Formula | None) -> Text:
        sign, text = self.other_biases(convention)
        if sign == 0 or not self.bias:
            return ""
        count = flat((*copies, _times(self.gates, self.unit(convention))))
        said = say(
            f"{text} {{=count {'more' if sign > 0 else 'fewer'} parameters}}",
            count=count,
            on="reset_after=True",
            off="reset_after=False",
        )
        if parameters is None:
            return said
        return together(said, say("{rest}", rest=parameters + count if sign > 0 else parameters - count), between=": ")

    def other_biases(self, convention: Convention) -> tuple[int, str]:
        """Whether there are as many biases more elsewhere, 1, or fewer, -1; and why."""
        if convention == "torch":
            return -1, f"Keras's {self.noun} has only one bias per {self._one}, which makes"
        return 1, f"PyTorch's {self.noun} has two biases per {self._one}, one beside each weight matrix, which makes"


def _times(factor: int, formula: Formula) -> Formula:
    return formula if factor == 1 else factor * formula


@layer_class
class RNNCell(GatedCell):
    """One step of a simple recurrent layer: (D + U)·U + U parameters in Keras, (D + H)·H + 2·H in PyTorch.

    It maps D features to one output per unit. PyTorch has tanh and relu.
    """

    names: ClassVar = ("rnncell", "SimpleRNNCell")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        torch("RNNCell", "input_size~features hidden_size:units! bias nonlinearity:activation -device -dtype"),
        keras(
            "SimpleRNNCell",
            "units! activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-{kernel,recurrent,bias}_regularizer -{kernel,recurrent,bias}_constraint -dropout -recurrent_dropout "
            "-seed",
        ),
    )
    cited: ClassVar = found_in(params="elman1990; documentation")
    title: ClassVar = "Simple recurrent cell"
    example: ClassVar = "input(32) -> rnncell(64)"
    stored_as: ClassVar = "simple_rnn_cell."
    functions: ClassVar = ("tanh", "relu")


GATES = "activation of the gates; PyTorch has sigmoid"
RESET_AFTER = "whether the reset gate is applied after the recurrent weights, as always in PyTorch"


def check_gates(function: str, convention: Convention) -> None:
    """PyTorch has one function for the gates."""
    if convention == "torch" and function != "sigmoid":
        raise LayerError(f"has sigmoid as the function of its gates in PyTorch, not {function}")


@layer_class
class LSTMCell(GatedCell):
    """One step of an LSTM: 4·((D + U)·U + U) parameters in Keras, 4·((D + H)·H + 2·H) in PyTorch.

    It maps D features to one output per unit; the cell state is kept inside.
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)

    names: ClassVar[tuple[str, ...]] = ("lstmcell",)
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "LSTMCell",
            "units! activation recurrent_activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-unit_forget_bias -{kernel,recurrent,bias}_regularizer -{kernel,recurrent,bias}_constraint -dropout "
            "-recurrent_dropout -seed",
        ),
        torch("LSTMCell", "input_size~features hidden_size:units! bias -device -dtype"),
    )
    cited: ClassVar = found_in(params="hochreiter1997; gers2000; documentation")
    title: ClassVar[str] = "Long short-term memory cell"
    example: ClassVar = "input(32) -> lstmcell(64)"
    stored_as: ClassVar = "lstm_cell."
    gates: ClassVar = 4
    noun: ClassVar = "LSTM"
    parts: ClassVar = "the input gate, the forget gate, the output gate and the cell candidate"

    def check(self, convention: Convention) -> None:
        GatedCell.check(self, convention)
        check_gates(self.recurrent_activation, convention)

    def mixing(self, U: Formula) -> Work:
        """c = f·c + i·g and o·tanh(c): three products and a sum; three gates, and the activation twice."""
        work = Work(multiplications=3 * U, additions=U)
        return work.plus(effort(self.recurrent_activation, 3 * U)).plus(effort(self.activation, 2 * U))


@layer_class
class ProjectedLSTMCell(LSTMCell):
    """An LSTM cell whose H hidden values a matrix projects to P outputs, which the next step sees, too."""

    projection: Formula = argument(COUNT, "outputs", as_formula(1))

    names: ClassVar = ()  # only the layer has it
    giver: ClassVar = "output of the projection"

    def output(self, convention: Convention) -> Formula:
        return symbol("P", self.projection, "outputs of the projection")

    def tensors(self, D: Formula, convention: Convention) -> tuple[Tensor, ...]:
        outputs, units = self.output(convention), self.unit(convention)
        matrix = tensor(convention, "weight_hr", inputs=(units,), outputs=(outputs,))
        return (*LSTMCell.tensors(self, D, convention), matrix)

    def why(self, who: str, D: Formula, convention: Convention) -> Text:
        projection = say(
            "One more matrix, without a bias, projects the {H hidden values} to the {P outputs}",
            H=self.unit(convention),
            P=self.output(convention),
        )
        return together(LSTMCell.why(self, who, D, convention), projection, between=". ")

    def other_biases(self, convention: Convention) -> tuple[int, str]:
        return 0, ""  # Keras has no projection

    def counted_by(self, convention: Convention) -> tuple[Unit, ...]:
        gates, projection = (("weight_ih", "weight_hh", "bias_ih", "bias_hh"), ("weight_hr",))
        values, *_ = LSTMCell.counted_by(self, convention)
        return values._replace(tensors=gates), Unit("outputs", self.output(convention), projection)


@layer_class
class GRUCell(GatedCell):
    """One step of a GRU: 3·((D + U)·U + 2·U) parameters in both frameworks.

    It maps D features to one output per unit. With reset_after=no (Keras; the original form) there is one bias for each
    unit and gate: 3·((D + U)·U + U).
    """

    recurrent_activation: str = argument(ACTIVATION, GATES, "sigmoid", keyword=True, told=True)
    reset_after: bool = argument(switch(), RESET_AFTER, True, keyword=True)

    names: ClassVar = ("grucell",)
    stock: ClassVar = BOTH
    calls: ClassVar = (
        keras(
            "GRUCell",
            "units! activation recurrent_activation use_bias:bias -{kernel,recurrent,bias}_initializer "
            "-{kernel,recurrent,bias}_regularizer -{kernel,recurrent,bias}_constraint -dropout -recurrent_dropout "
            "reset_after -seed",
        ),
        torch("GRUCell", "input_size~features hidden_size:units! bias -device -dtype"),
    )
    cited: ClassVar = found_in(params="cho2014 §2.3; documentation")
    title: ClassVar = "Gated recurrent unit cell"
    example: ClassVar = "input(32) -> grucell(64)"
    stored_as: ClassVar = "gru_cell."
    gates: ClassVar = 3
    parts: ClassVar = "the update gate, the reset gate and the candidate state"

    def check(self, convention: Convention) -> None:
        GatedCell.check(self, convention)
        check_gates(self.recurrent_activation, convention)
        if convention == "torch" and not self.reset_after:
            raise LayerError("applies its reset gate after the recurrent weights in PyTorch; leave out reset_after=no")

    def biases(self, convention: Convention) -> int:
        return 0 if not self.bias else 2 if self.reset_after else 1

    def mixing(self, U: Formula) -> Work:
        """r·h and (1 - z)·g + z·h: three products, two sums; two gates and the activation."""
        work = Work(multiplications=3 * U, additions=2 * U)
        return work.plus(effort(self.recurrent_activation, 2 * U)).plus(effort(self.activation, U))

    def differs_by_argument(self, convention: Convention) -> bool:
        return True

    def other_biases(self, convention: Convention) -> tuple[int, str]:
        if convention == "torch":
            return 0, ""
        if not self.reset_after:
            return 1, "with {@off} a GRU has only one bias per value; the default, as in PyTorch, is two, which makes"
        return -1, (
            "in Keras's GRU the reset gate multiplies the recurrent sum after its bias has been added ({@on}, the "
            "default), so in the candidate state the two biases cannot be merged into one. With {@off} there is one "
            "bias per value, which makes"
        )
