"""What goes wrong in the code of an extension that works otherwise, told with its name."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from symparams.errors import SymparamsError
from symparams.extensions.distributions import described, distributions, of_package
from symparams.extensions.warning import tell


def is_outside(module: str) -> bool:
    """Whether a module is not one of the package."""
    return not module.startswith("symparams.")


def whose(module: str) -> str:
    """How messages call the origin of something from outside the package."""
    return next(map(str, of_package(module.partition(".")[0])), f"the module {module}")


def failure(error: Exception) -> SymparamsError | None:
    """What to say of an error that came out of the code of an extension; None if it came from elsewhere."""
    if isinstance(error, (SymparamsError, RecursionError, MemoryError)) or not distributions.cache_info().currsize:
        return None
    for package, function in reversed(list(_called(error.__traceback__))):
        for one in of_package(package):
            return SymparamsError(f"{one} failed in {function}: {described(error)}")
    return None


def reported(error: Exception) -> bool:
    """Whether an error came out of the code of an extension; it is told, and what was asked for goes on without."""
    failed = failure(error)
    if failed is not None:
        tell(failed.matter)
    return failed is not None


def _called(trace: TracebackType | None) -> Iterator[tuple[str, str]]:
    """The package and the name of each function from outside that was on the way to an error."""
    while trace is not None:
        frame = trace.tb_frame
        module = str(frame.f_globals.get("__name__", ""))
        if is_outside(module):
            yield module.partition(".")[0], frame.f_code.co_qualname
        trace = trace.tb_next
