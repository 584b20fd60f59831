"""Many inputs tried one after another in another process: what is raised, how long each takes, how much memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from symparams import parse
from symparams.errors import SymparamsError

SECONDS = 4  # of the processor for an input: twice what is promised, since machines differ
PER_LAYER = 0.02  # the same for each layer: what is merely long takes time in proportion
STOPPED = 20  # seconds after which an input is stopped
MEGABYTES = 300
ALLOWED = 2 << 30  # bytes of addresses: what takes all memory ends with an error of Python's
LONGEST = 2_000  # characters of a message

Act: TypeAlias = Callable[..., object]  # a function of a module, since another process calls it
Input: TypeAlias = tuple[str, ...]  # what it is called with


def faults(act: Act, inputs: Sequence[Input]) -> list[str]:
    """What is wrong when `act` is called with each input: any error but SymparamsError, too much time or memory."""
    found: list[str] = []
    done = 0
    while done < len(inputs):
        here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
        child = multiprocessing.get_context("spawn").Process(target=_try_all, args=(act, inputs[done:], there))
        child.start()
        there.close()
        try:
            while done < len(inputs):
                fault = here.recv()
                if fault:
                    found.append(f"{fault}\n    {act.__name__}{inputs[done]!r}")
                done += 1
        except EOFError:  # the process ended within an input
            found.append(f"it ended the process, or took {STOPPED} s\n    {act.__name__}{inputs[done]!r}")
            done += 1
        child.join()
        here.close()
    return found


def _try_all(act: Act, inputs: Sequence[Input], tell: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ALLOWED, ALLOWED))
    for texts in inputs:
        began = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + STOPPED, resource.RLIM_INFINITY))
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the largest memory is that of this input
        fault = _raised(act, texts)
        seconds, megabytes = time.process_time() - began, _largest_memory()
        if not fault and seconds > SECONDS and seconds > SECONDS + PER_LAYER * _layers(texts[0]):
            fault = f"it takes {seconds:.1f} s"
        if not fault and megabytes > MEGABYTES:
            fault = f"it takes {megabytes} MB"
        tell.send(fault)


def _raised(act: Act, texts: Input) -> str:
    try:
        act(*texts)
    except SymparamsError as error:
        return "" if len(str(error)) <= LONGEST else f"its message has {len(str(error))} characters"
    except BaseException as error:  # whatever it is, it should not have come this far
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def _layers(text: str) -> int:
    """How many layers a network has; 0 of what is none."""
    try:
        return len(parse(text))
    except SymparamsError:
        return 0


def _largest_memory() -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10
