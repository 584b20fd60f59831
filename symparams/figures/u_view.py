"""Networks whose resolution falls and rises again, as a U: an arm down, the bottom, an arm up, lines across."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symparams.figures.cards import Drawn, card_part
from symparams.figures.folding import Leaf
from symparams.figures.levels import Crossing, Levels
from symparams.figures.parts import GAP, Part, arrow, colored

_STEP = 44.0  # how much further to the middle each level stands
_BETWEEN = 2 * GAP  # the two arms, or an arm and a box between them, at the lowest level
_CLOSE = 12.0  # from a box to where a line to its side turns


def u_view(drawn: Drawn, levels: Levels) -> Part:
    """The network as a U."""
    return _U(drawn, levels).part()


class _U:
    """A U while it is laid out."""

    def __init__(self, drawn: Drawn, levels: Levels) -> None:
        self.levels = levels
        self.parts = {box: card_part(drawn, Leaf(box)) for box in range(len(drawn.boxes))}
        self.wide = max(part.width for part in self.parts.values())
        for part in self.parts.values():
            part.stretch(self.wide)
        self.bottom = len(levels.down) - 1
        has_between = any(crossing.between is not None for crossing in levels.crossings)
        self.inner = 2 * _BETWEEN + self.wide if has_between else _BETWEEN  # between the arms at the lowest level
        self.width = 2 * self.wide + self.inner + 2 * _STEP * (self.bottom - 1)
        self.places: dict[int, tuple[float, float]] = {}

    def part(self) -> Part:
        """The boxes and lines of the U."""
        height = self._place_arms()
        for crossing in self.levels.crossings:
            self._place_between(crossing)
        found = Part(self.width, height, self.wide / 2)
        for box, (x, y) in self.places.items():
            found.put(x, y, self.parts[box])
        self._join(found)
        for crossing in self.levels.crossings:
            self._cross(found, crossing)
        return self._beside(found)

    def _beside(self, arms: Part) -> Part:
        """The U with lines within its levels at its outer sides, each apart from those that it would touch."""
        left = {box for several in self.levels.down for box in several}
        lines = self.levels.beside
        spans = [sorted((self._middle(source), self._middle(target))) for source, target in lines]
        tracks = colored([(low, high) for low, high in spans])
        outer = _CLOSE * (max(tracks, default=-1) + 1) + (GAP / 2 if lines else 0.0)
        found = Part(arms.width + 2 * outer, arms.height, arms.port + outer)
        found.put(outer, 0, arms)
        for (source, target), track in zip(lines, tracks, strict=True):
            away = _CLOSE * (track + 1)
            x, y = self.places[source][0] + outer, self._middle(source) - 4
            x, away = (x, -away) if source in left else (x + self.wide, away)
            end = self._middle(target) + 4
            found.arrows.append(arrow((x, y), (x + away, y), (x + away, end), (x, end)))
        return found

    def _place_arms(self) -> float:
        """Put the boxes of the arms and of the bottom at their places; how high all of it is."""
        y = 0.0
        for depth, down in enumerate(self.levels.down):
            if depth == self.bottom:
                x = (self.width - self.wide) / 2
                raised = self._raise(depth - 1, y)
                return self._column(down, x, y if self.inner > self.wide else raised) - GAP
            x = depth * _STEP
            up = self.levels.up[depth]
            if depth:
                changed = down[0]
                y = max(self._column([changed], x, y), self._raise(depth - 1, y))
            left, right = list(down[1:] if depth else down), list(reversed(up[1:]))
            heights = self._height(left), self._height(right)
            high = max(heights)
            top = y + high - heights[0]
            if depth:  # right above the boxes that it gives their resolution
                self._column([down[0]], x, top - self._height([down[0]]))
            self._column(left, x, top)
            self._column(right, self.width - x - self.wide, y + high - heights[1])
            y += high
        return y

    def _raise(self, depth: int, y: float) -> float:
        """Put the box that goes up to a level below it, beside the one that goes down from it."""
        return self._column(self.levels.up[depth][:1], self.width - depth * _STEP - self.wide, y)

    def _height(self, boxes: Sequence[int]) -> float:
        return sum(self.parts[box].height + GAP for box in boxes)

    def _column(self, boxes: Sequence[int], x: float, y: float) -> float:
        """Put boxes below one another; where the next one would stand."""
        for box in boxes:
            self.places[box] = (x, y)
            y += self.parts[box].height + GAP
        return y

    def _place_between(self, crossing: Crossing) -> None:
        if crossing.between is not None:
            y = self._middle(crossing.target) - self.parts[crossing.between].height / 2
            self.places[crossing.between] = ((self.width - self.wide) / 2, y)

    def _middle(self, box: int) -> float:
        return self.places[box][1] + self.parts[box].height / 2

    def _join(self, found: Part) -> None:
        """The main line: down the left arm, over the bottom, up the right arm."""
        arms = [box for several in self.levels.down for box in several]
        for one, other in pairwise(arms):
            (ax, ay), (bx, by) = self.places[one], self.places[other]
            a, b = ax + self.wide / 2, bx + self.wide / 2
            found.arrows.append(arrow((a, ay + self.parts[one].height), (a, by - GAP / 2), (b, by - GAP / 2), (b, by)))
        up = [box for several in reversed(self.levels.up) for box in several]
        (x, _), (first, top) = self.places[arms[-1]], self.places[up[0]]
        middle = first + self.wide / 2
        out = (x + self.wide, self._middle(arms[-1]))
        found.arrows.append(arrow(out, (middle, out[1]), (middle, top + self.parts[up[0]].height)))
        for one, other in pairwise(up):
            (ax, ay), (bx, by) = self.places[one], self.places[other]
            a, b, low = ax + self.wide / 2, bx + self.wide / 2, by + self.parts[other].height
            found.arrows.append(arrow((a, ay), (a, ay - GAP / 2), (b, ay - GAP / 2), (b, low)))

    def _cross(self, found: Part, crossing: Crossing) -> None:
        """The line from one arm to the other, through the box between them if there is one."""
        x, target = self.places[crossing.source][0] + self.wide, self.places[crossing.target][0]
        start, end = self._middle(crossing.source), self._middle(crossing.target)
        points = [(x, start), (x + _CLOSE, start), (x + _CLOSE, end)]
        if crossing.between is not None:
            left = self.places[crossing.between][0]
            found.arrows.append(arrow(*points, (left, end)))
            points = [(left + self.wide, end)]
        found.arrows.append(arrow(*points, (target, end)))
