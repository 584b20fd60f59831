"""A module of PyTorch, run once on tensors without numbers -> the calls on the way from its inputs to its outputs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from symparams import limits
from symparams.errors import LimitError, SymparamsError

BATCH = 2


class Event(NamedTuple):
    """A call that made tensors."""

    subject: Any  # a module, or a function of PyTorch
    path: str  # of a module, as the framework names it; "" for a function
    given: tuple[Any, ...]  # its arguments, tensors among them
    named: dict[str, Any]
    made: tuple[Any, ...]  # the tensors that it gave


class Trace(NamedTuple):
    """What happened in one run."""

    inputs: list[tuple[str, Any]]  # names of the arguments, and the tensors that stood for them
    events: list[Event]
    outputs: list[Any]


def traced(module: Any, shapes: Sequence[tuple[int, ...]], is_leaf: Callable[[Any], bool]) -> Trace:
    """The run of a module on inputs of these shapes, without the batch axis; raises SymparamsError if it fails."""
    torch = importlib.import_module("torch")
    failure: Exception | None = None
    for kind in (torch.float32, torch.long):  # numbers, else tokens
        try:
            return _run(torch, module, shapes, kind, is_leaf)
        except SymparamsError:
            raise
        except Exception as error:  # of the module itself, whatever it may be
            failure = failure or error
    text = " ".join(str(failure).split())[:200]
    raise SymparamsError(f"this module does not run on an input of that shape: {type(failure).__name__}: {text}")


def _run(
    torch: Any, module: Any, shapes: Sequence[tuple[int, ...]], kind: Any, is_leaf: Callable[[Any], bool]
) -> Trace:
    fake = importlib.import_module("torch._subclasses.fake_tensor").FakeTensorMode(allow_non_fake_inputs=True)
    recorder = _Recorder(torch, is_leaf)
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(_evaluating(module))
        stack.enter_context(fake)
        given = [torch.zeros((BATCH, *shape), dtype=kind) for shape in shapes]
        names = _names(module, len(given))
        stack.enter_context(recorder.watching(module))
        output = module(*given)
    return Trace(list(zip(names, given, strict=True)), recorder.events, tensors_in(torch, output))


def tensors_in(torch: Any, value: Any) -> list[Any]:
    """All tensors in a value, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (tuple, list)):
        return []
    return [tensor for part in value for tensor in tensors_in(torch, part)]


def _names(module: Any, count: int) -> list[str]:
    """What the module calls its inputs."""
    signature = importlib.import_module("inspect").signature(module.forward)
    words = [name for name, p in signature.parameters.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [words[i] if i < len(words) else f"input_{i + 1}" for i in range(count)]


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """The module as it is after training; what it was comes back."""
    training = [(one, one.training) for one in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for one, was in training:
            one.training = was


class _Recorder:
    """Notes calls of modules and, outside of those that are leaves, of functions."""

    def __init__(self, torch: Any, is_leaf: Callable[[Any], bool]) -> None:
        self.torch = torch
        self.is_leaf = is_leaf
        self.events: list[Event] = []
        self.inside = 0  # leaves around this place

    @contextmanager
    def watching(self, module: Any) -> Iterator[None]:
        hooks: list[Any] = []
        try:
            for path, one in module.named_modules():
                if self.is_leaf(one):
                    hooks.append(one.register_forward_pre_hook(self._enter))
                    hooks.append(one.register_forward_hook(self._leaving(path), with_kwargs=True))
            with self._functions():
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def _enter(self, module: Any, given: Any) -> None:
        self.inside += 1

    def _leaving(self, path: str) -> Callable[..., None]:
        def leave(module: Any, given: Any, named: Any, output: Any) -> None:
            self.inside -= 1
            self._note(module, path, tuple(given), dict(named), output)

        return leave

    def _note(self, subject: Any, path: str, given: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
        made = tensors_in(self.torch, output)
        if self.inside or not made:
            return
        if len(self.events) >= limits.LAYERS:
            raise LimitError(f"the module calls more than {limits.LAYERS:,} layers, which is the limit")
        self.events.append(Event(subject, path, given, named, tuple(made)))

    def _functions(self) -> Any:
        """A mode of PyTorch in which every function is noted."""
        recorder = self
        base = importlib.import_module("torch.overrides").TorchFunctionMode

        class Noting(base):  # type: ignore[misc, valid-type]
            def __torch_function__(self, function: Any, types: Any, given: Any = (), named: Any = None) -> Any:
                output = function(*given, **(named or {}))
                recorder._note(function, "", tuple(given), dict(named or {}), output)
                return output

        return Noting()
