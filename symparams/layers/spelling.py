"""Layers under a framework's name, whose arguments come in the framework's order."""

from __future__ import annotations

from symparams.algebra.formula import Formula
from symparams.model.layer import Incoming, Layer, Outgoing, Rules, Sight
from symparams.model.sentence import Text
from symparams.model.work import Saved, Work


class Spelling(Layer):
    """Another way to write a layer: what it says is what that layer says."""

    __slots__ = ()

    def meant(self, *arriving: Incoming) -> Layer:
        """The layer in the language's own spelling."""
        raise NotImplementedError

    def rules(self, *arriving: Incoming) -> Rules:
        return self.meant(*arriving).rules(*arriving)

    def is_stock(self, *arriving: Incoming) -> bool:
        return self.meant(*arriving).is_stock(*arriving)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return self.meant(*arriving).work(out, *arriving)

    def reach(self, *arriving: Incoming) -> Sight:
        return self.meant(*arriving).reach(*arriving)

    def caching(self, *arriving: Incoming) -> Text:
        return self.meant(*arriving).caching(*arriving)

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved | None:
        return self.meant(*arriving).saved(out, *arriving)

    def active(self, *arriving: Incoming) -> Formula | None:
        return self.meant(*arriving).active(*arriving)

    def pooled(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return self.meant(*arriving).pooled(out, *arriving)

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return self.meant(*arriving).cache(out, *arriving)
