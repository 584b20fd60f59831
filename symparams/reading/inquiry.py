"""What a text asks beside its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from symparams.model.sentence import Text

Topic: TypeAlias = Literal["positions", "batch", "heads", "stride", "dilation"]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a text asks beside its numbers."""

    quantity: str = ""  # the quantity that is named in a question; empty: none is, or the parameters
    quantities: tuple[str, ...] = ()  # all that questions name, parameters among them
    topics: frozenset[Topic] = frozenset()  # what may enter or not, as the text asks
    chooses: bool = False  # whether it asks which of two numbers is right
    is_usual: bool = False  # whether the other number is called the usual one: nobody took it for the right one
    compares: bool = False  # whether it asks why there are so many, or which layer has most
    batch: int | None = None  # how many examples a batch has, where that is told
    optimizers: tuple[str, ...] = ()  # where memory in training is asked about: names of optimizers, by their needs
    dtype: str = "float32"  # the type of numbers, where one is told
    is_checkpoint: bool = False  # whether a file with the state of the optimizer is asked about
    several: bool = False  # whether it asks about several layers, so that each answer says about which
    is_asked: bool = False  # whether a whole text asks; False: one number alone was given
    brief: bool = False  # whether an answer before this one has said the same of another layer
    continues: bool = False  # whether the number itself has been said just before, so that only its reason is told
    printed: bool = (
        False  # whether the text prints the sizes on the way to a layer, but not the one that they start from
    )
    unfrozen: bool = False  # whether the text says that nothing was frozen
    beside: frozenset[Text] = frozenset()  # what layers say of themselves that is said in answers beside this one
    confirms: bool = False  # whether it asks what is wrong with a calculation that is right
    about_groups: bool = False  # whether it speaks of groups of channels, as a question or in its title
