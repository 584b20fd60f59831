"""Items of a network, or of a frame: what feeds each, and where only one line runs from one to the next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from symparams.figures.boxes import Box
from symparams.figures.folding import Item, Leaf, end_box, first_box, leaves
from symparams.figures.streams import ENTRY


class Segments:
    """Items in their order, what feeds them, and the stretches of them that branch."""

    def __init__(self, boxes: Sequence[Box], items: Sequence[Item], entry: int | None) -> None:
        self.boxes, self.items = boxes, items
        self.entry = entry  # the box that feeds them from above; None: there is none
        self._starts = [first_box(item) for item in items]
        self._end = end_box(items[-1]) if items else 0
        self.sources = [self._sources(item) for item in items]  # boxes outside of each item, its main one first

    def _sources(self, item: Item) -> tuple[int, ...]:
        if isinstance(item, Leaf):
            return tuple(dict.fromkeys(self.boxes[item.box].inputs))
        first = first_box(item)
        main = () if item.entry is None else (item.entry,)
        further = (s for leaf in leaves(item.items) for s in self.boxes[leaf.box].inputs if s < first)
        return tuple(dict.fromkeys((*main, *further)))

    def item_of(self, box: int) -> int | None:
        """Which item a box is in; ENTRY: what feeds them all; None: something outside of them."""
        if box == self.entry:
            return ENTRY
        if not self._starts or not self._starts[0] <= box < self._end:
            return None
        return bisect_right(self._starts, box) - 1

    def segments(self) -> Iterator[tuple[int, int]]:
        """Items between two places that only the line of the last item before crosses: from where to where."""
        reach = list(range(len(self.items)))  # of each item, the last one that it feeds
        furthest = -1  # the last one that what feeds them all feeds, or that begins with data of its own
        for index, several in enumerate(self.sources):
            if not several and self.is_data(index):
                furthest = index
            for item in map(self.item_of, several):
                if item == ENTRY:
                    furthest = index
                elif item is not None:
                    reach[item] = max(reach[item], index)
        start = 0
        for index in range(1, len(self.items)):
            is_fed = index - 1 in map(self.item_of, self.sources[index])
            if furthest < index and is_fed:
                yield start, index
                start = index
            furthest = max(furthest, reach[index - 1])
        if self.items:
            yield start, len(self.items)

    def is_data(self, index: int) -> bool:
        """Whether an item is an input of the network."""
        return self.boxes[first_box(self.items[index])].is_data
