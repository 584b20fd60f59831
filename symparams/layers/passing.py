"""Layers without weights whose output has the shape of their input."""

from __future__ import annotations

from typing import ClassVar

from symparams.model.layer import Incoming, Layer, Rules, nothing_to_learn


class Passing(Layer):
    """A layer without weights whose output has the shape of its input: two sentences say why."""

    __slots__ = ()

    because: ClassVar[str] = ""  # why there is nothing to learn
    shape_because: ClassVar[str] = ""  # why the shape stays
    at_any_size: ClassVar = True

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return nothing_to_learn(x.kept(), self.because, self.shape_because)
