"""Rows of layers with windows: kernel, stride and padding from shapes and counts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from symparams.reading.tables.rules import Argument, Arguments
from symparams.reading.tables.table import Sizes
from symparams.reading.tables.tasks import STAND_IN, Solution, Task, affine, arguments, divisors

# fmt: off
_USUAL_INPUTS = frozenset((  # heights and widths of images that data sets and tutorials have
    28, 32, 48, 50, 56, 60, 64, 75, 80, 84, 96, 100, 112, 120, 128, 140, 150, 160, 180, 192, 200, 208, 220, 224, 227,
    240, 250, 256, 280, 299, 300, 320, 331, 350, 384, 400, 416, 448, 480, 500, 512, 550, 600, 608, 640, 700, 720,
    768, 800, 900, 1000, 1024, 1080, 1280, 1920,
))
# fmt: on
_KERNEL_COSTS = {3: 0.0, 5: 0.3, 7: 0.5, 2: 1.0, 4: 0.9, 1: 1.2, 9: 1.3, 11: 1.3}
_MANY = 12  # kernels that are looked at
_FURTHER = 2.5  # how much more unusual than the best another one may be, to be mentioned


def convolutions(task: Task) -> Iterator[Solution]:
    """conv, tconv, depthwise, separable: the kernel from the count, then stride and padding from the shape."""
    assert task.shape is not None
    call = _call(task.type)
    if call is None or len(task.shape) < 2:
        return
    out, filters = task.split(task.shape)
    if filters is None:
        return
    best = math.inf
    for cost, kernel, settings, channels in _kernels(task, call, filters, len(out)):
        if cost > best + _FURTHER:
            return
        if task.arriving:
            ways = _placed(task, call, kernel, settings, cost, task.arriving[0])
        else:
            ways = _first(task, call, kernel, settings, cost, channels)
        for one in ways:
            best = min(best, one.cost)
            yield one


def _call(type_: str) -> str | None:
    name = type_.casefold().removeprefix("lazy")
    if "transpose" in name or name.startswith("deconv"):
        return "tconv"
    if name.startswith("depthwise"):
        return "depthwise"
    if name.startswith("separable"):
        return "separable"
    return "conv" if name.startswith("conv") else None


def _sorted_kernels(area: int, rank: int) -> list[tuple[float, tuple[int, ...]]]:
    """Kernels of so many weights, the usual ones first."""
    if rank == 1:
        return [(_KERNEL_COSTS.get(area, 1.5 + area / 50), (area,))]
    side = round(area ** (1 / rank))
    found = []
    if side**rank == area:
        found.append((_KERNEL_COSTS.get(side, 1.5 + side / 20), (side,) * rank))
    for sides in _factors(area, rank):
        if len(set(sides)) > 1:
            found.append((4 + sum(sides) / 20 - (0.5 if 1 in sides else 0), sides))
    return sorted(found)[:_MANY]


def _factors(area: int, rank: int) -> Iterator[tuple[int, ...]]:
    if rank == 1:
        yield (area,)
        return
    for d in divisors(area, 64):
        for rest in _factors(area // d, rank - 1):
            if max(rest) <= 64:
                yield (d, *rest)


def _kernels(
    task: Task, call: str, filters: int, rank: int
) -> Iterator[tuple[float, tuple[int, ...], Arguments, int | None]]:
    """Cost, kernel, further settings and input channels that give the printed count."""
    if task.arriving:
        channels = task.split(task.arriving[0])[1]
        guesses = [(0.0, channels)] if channels is not None else []
    else:
        guesses = _channel_guesses(task, call, filters, rank)
    found = []
    for cost, channels in guesses:
        for more, settings in _settings(task, call, channels, filters):
            for area in _areas(task, call, settings, channels, rank):
                found += [
                    (cost + more + usual + _unlikely(task, kernel, settings, channels), kernel, settings, channels)
                    for usual, kernel in _sorted_kernels(area, rank)
                    if task.kernel is None or task.kernel[-rank:] == kernel
                ]
    yield from sorted(found, key=lambda one: one[0])[:_MANY]


def _unlikely(task: Task, kernel: tuple[int, ...], settings: Arguments, channels: int) -> float:
    """How much less likely a layer is by what is told around the table, and by its kernel on what is no image."""
    told, given = task.told, dict(settings)
    is_told = kernel in told.kernels or (len({*kernel}) == 1 and kernel[:1] in told.kernels)
    unbiased = told.unbiased and given.get("bias") is False
    agreeing = is_told * _TOLD + unbiased * _TOLD + (given.get("groups") in told.groups) * 2 * _TOLD
    is_patch = channels in _COLORS or max(kernel) <= max(_KERNEL_COSTS)  # an image is cut into patches of any size
    return (0 if task.arriving or is_patch else _NO_PATCH) - agreeing


_COLORS = (1, 3)  # channels of an image
_NO_PATCH = 2.5  # how much more unusual a large kernel is on what is no image
_TOLD = 1.5  # how much more usual a layer is that has what the sentences around the table tell


def _areas(task: Task, call: str, settings: Arguments, channels: int, rank: int) -> Iterator[int]:
    """How many weights a kernel has."""
    x = task.joined((STAND_IN,) * rank, channels)

    def count(area: int) -> int | None:
        kernel = (area, *(1,) * (rank - 1))
        found = task.outcome(call, (*settings, ("kernel", kernel)), (x,))
        return found[1] if found else None

    if task.count is None:
        yield from (k**rank for k in _KERNEL_COSTS)
        return
    area = affine(count, task.count)
    if area is not None:
        yield area


def _settings(task: Task, call: str, channels: int, filters: int) -> Iterator[tuple[float, Arguments]]:
    """Biases and groups, the usual ones first."""
    common = math.gcd(channels, filters)
    for bias in (True, False):
        some: Arguments = () if bias else (("bias", False),)
        cost = 0 if bias else 0.6
        if call == "depthwise":
            if filters % channels == 0:
                many = filters // channels
                yield cost, (*(() if many == 1 else (("multiplier", many),)), *some)
            continue
        yield cost, (("filters", filters), *some)
        if call == "separable":
            yield from ((cost + m, (("filters", filters), ("multiplier", m), *some)) for m in (2, 3, 4))
        elif channels > 1:
            groups = [g for g in divisors(common) if g > 1]
            for g in sorted(groups, key=lambda g: g != channels)[:_MANY]:
                yield cost + (2 if g == channels else 3), (("filters", filters), ("groups", g), *some)


def _channel_guesses(task: Task, call: str, filters: int, rank: int) -> list[tuple[float, int]]:
    """How many channels may arrive at the first layer: 1 and 3 first."""
    if call == "depthwise":
        return [(0.0, c) for c in divisors(filters)]
    if task.count is None:
        return [(0.0, 3)]
    each = task.count // filters
    found = {c for n in (each, each - 1) if n > 0 for c in divisors(n, 4096)}
    found |= {c for c in (1, 2, 3, 4) if call == "separable"}
    return sorted((_channel_cost(c, rank), c) for c in found)[:40]


def _channel_cost(channels: int, rank: int) -> float:
    if rank == 1:
        return math.log10(channels) / 2
    return {1: 0.0, 3: 0.0, 2: 1.0, 4: 1.0}.get(channels, 2 + math.log10(channels))


# ---------------------------------------------------------------- stride and padding


def _placed(
    task: Task, call: str, kernel: tuple[int, ...], settings: Arguments, cost: float, x: Sizes
) -> Iterator[Solution]:
    """Strides and paddings that give the printed shape."""
    assert task.shape is not None
    before, after = task.split(x)[0], task.split(task.shape)[0]
    if len(before) != len(after) or len(before) != len(kernel):
        return
    found = False
    for group in _placings(task, call, kernel, before, after):
        for more, placing in group:
            given = (*settings, ("kernel", kernel), *placing)
            if task.fits(call, given, (x,)):
                found = True
                yield Solution(call, given, cost + more)
        if found:
            return


def _placings(
    task: Task, call: str, kernel: tuple[int, ...], before: Sizes, after: Sizes
) -> Iterator[Iterator[tuple[float, Arguments]]]:
    """Strides, paddings and dilations in groups, each more unusual than the one before."""
    strides = _strides(kernel, before, after, call == "tconv")
    for paddings in (_paddings(task, kernel, call), _odd_paddings(task, kernel)):
        yield _moved(task, call, kernel, strides, list(paddings))
    if call != "tconv":
        yield _dilated(task, kernel, call)


def _moved(
    task: Task,
    call: str,
    kernel: tuple[int, ...],
    strides: list[tuple[int, ...]],
    paddings: list[tuple[float, Arguments]],
) -> Iterator[tuple[float, Arguments]]:
    for stride, (more, padding) in itertools.product(strides, paddings):
        cost = more + _stride_cost(stride, kernel)
        moved: Arguments = () if set(stride) == {1} else (("stride", stride),)
        yield cost, (*moved, *padding)
        if call == "tconv" and task.first and max(stride) > 1:
            yield cost + 0.5, (*moved, *padding, ("output_padding", (1,) * len(kernel)))


def _dilated(task: Task, kernel: tuple[int, ...], call: str) -> Iterator[tuple[float, Arguments]]:
    for dilation in (2, 3, 4, 5, 6, 8, 12, 16, 18, 24):
        spread = tuple((k - 1) * dilation + 1 for k in kernel)
        for more, padding in _paddings(task, spread, call):
            yield 5 + more + dilation / 10, (("dilation", (dilation,) * len(kernel)), *padding)


def _stride_cost(stride: tuple[int, ...], kernel: tuple[int, ...]) -> float:
    cost = 0.0 if max(stride) == 1 else 0.2 + max(stride) / 20
    cost += 2 if len(set(stride)) > 1 else 0
    cost += 1.5 if max(stride) > 2 and stride != kernel and max(kernel) < 7 else 0  # rather a pooling between
    return cost + (2 if any(s > k for s, k in zip(stride, kernel, strict=True)) and max(kernel) > 1 else 0)


def _strides(kernel: tuple[int, ...], before: Sizes, after: Sizes, up: bool) -> list[tuple[int, ...]]:
    """Strides that could lead from the sizes before to those after: the same along all axes first."""
    each = []
    for k, n, m in zip(kernel, before, after, strict=True):
        if n is None or m is None:
            each.append({1})
            continue
        small, large = (n, m) if up else (m, n)
        near = {1, 2, large // max(small, 1), -(-large // max(small, 1)), (large - k) // max(small - 1, 1)}
        each.append({s for s in near if 1 <= s <= max(large, 1)})
    alike = set.intersection(*each) if all(n is not None for n in before) else set.union(*each)
    rank = len(kernel)
    mixed = [s for s in itertools.islice(itertools.product(*map(sorted, each)), 60) if len(set(s)) > 1]
    return [(s,) * rank for s in sorted(alike)] + mixed


def _paddings(task: Task, kernel: tuple[int, ...], call: str) -> Iterator[tuple[float, Arguments]]:
    """Paddings as the framework takes them, the usual ones first."""
    if not task.first:
        yield 0, ()
        yield 0.1, (("padding", "same"),)
        if len(kernel) == 1 and call == "conv":
            yield 0.5, (("padding", "causal"),)
        return
    half = tuple((k - 1) // 2 for k in kernel)
    yield 0, ()
    if any(half):
        yield 0.05, (("padding", half),)


def _odd_paddings(task: Task, kernel: tuple[int, ...]) -> Iterator[tuple[float, Arguments]]:
    """Other paddings of PyTorch: any number, or along one axis only."""
    if not task.first:
        return
    half = tuple((k - 1) // 2 for k in kernel)
    for p in range(1, min(max(kernel), 12) + 1):
        if (p,) * len(kernel) != half:
            yield 1 + p / 10, (("padding", (p,) * len(kernel)),)
    for axis in range(len(kernel) if len(kernel) > 1 else 0):
        only = tuple(h if i == axis else 0 for i, h in enumerate(half))
        if any(only) and only != half:
            yield 2, (("padding", only),)


def _first(
    task: Task, call: str, kernel: tuple[int, ...], settings: Arguments, cost: float, channels: int | None
) -> Iterator[Solution]:
    """The first layer: an input that its output allows, of a usual size if there is one."""
    assert task.shape is not None
    after = task.split(task.shape)[0]
    rank = len(kernel)
    ways = [(0.0, arguments(), 1), (0.3, arguments(padding="same"), 1), (0.8, arguments(padding="same"), 2)]
    if task.first:
        half = tuple((k - 1) // 2 for k in kernel)
        ways = [(0.0, arguments(), 1), (0.3, arguments(padding=half), 1), (0.8, arguments(padding=half), 2)]
    for more, padding, s in ways:
        placing: Arguments = padding if s == 1 else (("stride", (s,) * rank), *padding)
        x = tuple(None if m is None else (m * s if padding else m + k - 1) for m, k in zip(after, kernel, strict=True))
        usual = 0.0 if all(n is None or n in _USUAL_INPUTS for n in x) else 0.6
        wanted = task.joined(x, channels)
        given: Arguments = (*settings, ("kernel", kernel), *placing)
        if task.fits(call, given, (wanted,)):
            yield Solution(call, given, cost + more + usual, wanted)


# ---------------------------------------------------------------- pooling


def poolings(task: Task) -> Iterator[Solution]:
    """Windows without weights: as large as their stride if that will do."""
    assert task.shape is not None
    call = "avgpool" if task.type.casefold().startswith(("avg", "average")) else "maxpool"
    if len(task.shape) < 2:
        return
    after = task.split(task.shape)[0]
    rank = len(after)
    if not task.arriving:
        x = task.joined((None if m is None else 2 * m for m in after), task.split(task.shape)[1])
        yield Solution(call, arguments(size=(2,) * rank), 0, x)
        return
    before = task.split(task.arriving[0])[0]
    if len(before) != rank:
        return
    best = math.inf
    for cost, given in _pools(task, before, after):
        if cost < best + 1 and task.fits(call, given):
            best = min(best, cost)
            yield Solution(call, given, cost)


def _pools(task: Task, before: Sizes, after: Sizes) -> Iterator[tuple[float, Arguments]]:
    rank = len(before)
    if all(n is None for n in before):
        yield 0, arguments(size=(2,) * rank)
    ratios = tuple(1 if n is None or m is None else max(n // m, 1) for n, m in zip(before, after, strict=True))
    strided: list[tuple[float, tuple[int, ...]]] = [(0, ratios)]
    strided += [(0.3, tuple(r + 1 for r in ratios)), (0.4, (2,) * rank), (0.5, (3,) * rank)]
    paddings: list[tuple[float, Arguments]] = [(0, ())]
    if not task.first:
        paddings.append((0.2, arguments(padding="same")))
    for (a, stride), (b, padding) in itertools.product(strided, paddings):
        yield a + b, (("size", stride), *padding)
    for stride, size in itertools.product([s for _, s in strided], (3, 2, 5, 7, 1)):
        extra: list[tuple[float, Arguments]] = list(paddings)
        if task.first:
            extra += [(0.2, arguments(padding=(size // 2,) * rank)), (0.4, arguments(ceil=True))]
        for b, padding in extra:
            window: dict[str, Argument] = {"size": (size,) * rank, "stride": stride}
            yield 1 + b + _stride_cost(stride, (size,) * rank), (*window.items(), *padding)
