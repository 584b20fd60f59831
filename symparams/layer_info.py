"""A layer of a network as Python has it: what it counts, its shape, any quantity and how that comes out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symparams import extensions, limits
from symparams.algebra.sums import over
from symparams.algebra.sympy_bridge import exact
from symparams.documents import contract
from symparams.documents.derivations import PARTS, SIDES, explained
from symparams.errors import SymparamsError, listed, nearest
from symparams.model.derived import Counts
from symparams.model.network import Network, Node
from symparams.quantities.layer_derivations import LayerDerivations
from symparams.quantities.layer_quantities import QUANTITIES, NetworkQuantities
from symparams.quantities.padding import padding_of
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import TOTALS, amount
from symparams.results import Derivation

if TYPE_CHECKING:
    import sympy

    from symparams.pictures import Windows


@limits.face
class Counted:
    """The numbers of a layer or a network: ints, or sympy expressions where letters are free."""

    @property
    @abstractmethod
    def _counts(self) -> Counts: ...

    @property
    def weights(self) -> int | sympy.Expr:
        """Parameters that are not biases."""
        return exact(self._counts.weights)

    @property
    def biases(self) -> int | sympy.Expr:
        return exact(self._counts.biases)

    @property
    def params(self) -> int | sympy.Expr:
        """All parameters: weights + biases = trainable + non_trainable."""
        return exact(self._counts.params)

    @property
    def trainable(self) -> int | sympy.Expr:
        return exact(self._counts.trainable)

    @property
    def non_trainable(self) -> int | sympy.Expr:
        return exact(self._counts.non_trainable)


@limits.face
@dataclass(frozen=True, repr=False)
class LayerInfo(Counted):
    """A layer of a network."""

    _network: Network
    _index: int  # of its node

    @property
    def _layers(self) -> int:
        return len(self._network.nodes)

    @property
    def _node(self) -> Node:
        return self._network.nodes[self._index]

    @property
    def name(self) -> str:
        return self._node.name

    def figure(self) -> Windows:
        """Where its windows stand, as a picture: of convolutions and pooling layers with at most 12 positions an axis.

        Raises SymparamsError when it is shown for another layer.
        """
        from symparams.pictures import Windows  # noqa: PLC0415 - what draws is not always needed

        return Windows(self._node)

    @property
    def kind(self) -> str:
        return self._node.kind

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the layers that feed it."""
        return tuple(self._network.nodes[i].name for i in self._node.inputs)

    @property
    def _counts(self) -> Counts:
        return self._node.counts

    def __repr__(self) -> str:
        shape = ", ".join(str(contract.value(size)) for size in self._node.shape)
        return f"<{self.kind} {self.name!r}: ({shape}), {contract.value(self._node.counts.params)} parameters>"

    def quantity(self, name: str, **settings: Setting) -> Any:
        """A quantity of one copy of the layer: a count, a shape or field as a tuple with a size for each axis.

        `name`: one that `Net.quantity` takes, shape, padding, a pair of before and after for each axis, or field, which
        is None where it has no size: behind a layer that sees its whole input. `settings`: see `Net.quantity`. Raises
        SymparamsError for a name that there is not.
        """
        known = Settings(**settings)
        if name == "shape":
            return self.output_shape
        if name == "padding":
            return tuple((exact(one.before.value), exact(one.after.value)) for one in padding_of(self._node))
        if name != "field":
            check_quantity(name.replace("-", "_"), ("shape", *TOTALS, "field", "padding"))
            return exact(amount(name, known).of_layer(self._node))
        fields = self._measurements(name, known).fields_of(self._index)
        return None if isinstance(fields, str) else tuple(exact(one.field.size) for one in fields)

    def derivation(self, quantity: str = "params", *, part: str = "", **settings: Setting) -> Any:
        """How a quantity of one copy comes out: rule, values put in, arithmetic, result.

        `quantity`: params and what else `Net.quantity` takes give one Derivation; shape, field and padding a tuple with
        one for each axis, for its `part`: of a field size, jump or offset, of padding before or after; the first if not
        given. `settings`: see `Net.quantity`. Raises SymparamsError for a quantity or part that there is not.
        """
        check_quantity(quantity, QUANTITIES)
        parts = SIDES if quantity == "padding" else PARTS
        part = part or parts[0]
        if part not in parts:
            what = "padding" if quantity == "padding" else "a receptive field"
            raise SymparamsError(f"{what} has no part `{part[:60]}`; the choices are {listed(parts)}")
        account = LayerDerivations(self._node.derived)
        measurements = self._measurements(quantity, Settings(**settings))
        every = explained(self._node, self._index, account, (quantity,), measurements, every=True)
        derivations = tuple(
            Derivation(self.name, one, account.known(one.derivation, every=True))
            for one in every
            if one.part in ("", part)
        )
        return derivations if quantity in ("shape", "field", "padding") else derivations[0]

    def _measurements(self, quantity: str, settings: Settings) -> NetworkQuantities:
        return NetworkQuantities(self._network, (quantity,), settings)

    @property
    def copies(self) -> int | sympy.Expr:
        """How many copies the layer stands for: 1 unless it is inside a bracket with a letter."""
        return exact(over(1, self._node.repeats, self._node.derived.facts))

    @property
    def output_shape(self) -> tuple[int | sympy.Expr, ...]:
        """The sizes of the output, without the batch axis, in the order of the convention."""
        return tuple(exact(size) for size in self._node.shape)


def check_quantity(quantity: str, known: Sequence[str]) -> None:
    """Raise SymparamsError for a quantity that is not among those that are known."""
    if quantity not in known and QUANTITY_RULES.ask(quantity) is None:
        every = (*known, *extensions.names("quantity"))
        near = nearest(quantity, every) or f"; the choices are {', '.join(every)}"
        raise SymparamsError(f"there is no quantity `{quantity[:60]}`{near}")
