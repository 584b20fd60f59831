"""What other distributions bring: found by their entry points, imported when one of their names is asked for."""

from symparams.extensions.distributions import GROUP, Distribution, distributions
from symparams.extensions.failures import failure, is_outside, reported, whose
from symparams.extensions.loading import (
    DECLARED,
    Declaration,
    Named,
    Part,
    beside,
    every,
    find,
    in_use,
    known,
    loaded,
    names,
    outcomes,
    shared,
    use,
)
from symparams.extensions.open_catalogue import Open
from symparams.extensions.warning import ExtensionWarning, tell

__all__ = [
    "DECLARED",
    "GROUP",
    "Declaration",
    "Distribution",
    "ExtensionWarning",
    "Named",
    "Open",
    "Part",
    "beside",
    "distributions",
    "every",
    "failure",
    "find",
    "in_use",
    "is_outside",
    "known",
    "loaded",
    "names",
    "outcomes",
    "reported",
    "shared",
    "tell",
    "use",
    "whose",
]
