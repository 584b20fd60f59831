"""Command lines, each in a process of its own; all are forked from one that has loaded the program already."""

from __future__ import annotations

import io
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from symparams.commands.main import run as command_line

_STOPPED = 10  # seconds of the processor after which a command is stopped
_WARM = (  # what loads the parts that commands load when they are called
    (("solve", "-"), "input(H, W, 3) -> conv(8, 3) -> flatten -> dense(10)"),
    (("find", "-", "--target", "params = 8"), "input(3) -> dense(n)"),
    (("diagnose", "-", "--total", "--answer", "7"), "input(3) -> dense(2)"),
)


@dataclass(frozen=True)
class Done:
    """What a command line did."""

    status: int  # negative: the number of the signal that ended it
    out: str
    err: str
    megabytes: int  # the most memory that was used


class Commands:
    """Runs command lines; see `commands`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, *words: str, given: str = "") -> Done:
        self._connection.send((words, given))
        done: Done = self._connection.recv()
        return done


@contextmanager
def commands() -> Iterator[Commands]:
    spawning = multiprocessing.get_context("spawn")
    here, there = spawning.Pipe()
    serving = spawning.Process(target=_serve, args=(there,), daemon=True)
    serving.start()
    there.close()
    yield Commands(here)
    here.close()
    serving.join()


def _serve(asked: Connection) -> None:
    for words, given in _WARM:
        with suppress(SystemExit), tempfile.TemporaryFile() as out:
            _run(words, given, out.fileno(), out.fileno())
    with suppress(EOFError):
        while True:
            words, given = asked.recv()
            asked.send(_forked(words, given))


def _forked(words: Sequence[str], given: str) -> Done:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _end_with_status(words, given, out.fileno(), err.fileno())
        _, status, used = os.wait4(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return Done(os.waitstatus_to_exitcode(status), texts[0], texts[1], used.ru_maxrss >> 10)


def _end_with_status(words: Sequence[str], given: str, out: int, err: int) -> None:
    status: object = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (_STOPPED, _STOPPED))
        _run(words, given, out, err)
    except SystemExit as ended:
        status = ended.code
    except BaseException as error:  # as Python tells of what nobody caught
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)


def _run(words: Sequence[str], given: str, out: int, err: int) -> None:
    os.chdir(Path(__file__).parent.parent)
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()))
    sys.stdout = open(out, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor
    sys.stderr = open(err, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["symparams", *words]
    command_line(words)
