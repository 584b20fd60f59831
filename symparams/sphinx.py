"""The extension for Sphinx: `extensions = ["symparams.sphinx"]` brings directives and roles for networks."""

from __future__ import annotations

from typing import Any

from symparams.books.directives import DIRECTIVES
from symparams.books.roles import ROLES
from symparams.books.sphinx_directives import ExerciseNode, Solving, Telling, directive
from symparams.books.sphinx_domain import NetworkDomain
from symparams.books.sphinx_writing import FigureConverter, Titles, depart_exercise, visit_exercise
from symparams.version import __version__


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what there is."""
    NetworkDomain.directives = {
        **{name.partition(":")[2]: directive(request) for name, request in DIRECTIVES.items()},
        "exercise-solution": Solving,
    }
    app.add_domain(NetworkDomain)
    for name, request in ROLES.items():
        app.add_role(name, Telling(request))
    visitors = (visit_exercise, depart_exercise)
    app.add_node(ExerciseNode, html=visitors, latex=visitors, text=visitors, man=visitors, texinfo=visitors)
    app.add_post_transform(Titles)
    app.add_post_transform(FigureConverter)
    app.connect("env-updated", _updated)
    return {
        "version": __version__,
        "env_version": _counted(__version__),  # so that another version of this package reads everything again
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _updated(app: Any, env: Any) -> list[str]:
    """What is settled when all documents have been read; those that are to be written again."""
    domain: NetworkDomain = env.get_domain(NetworkDomain.name)
    domain.name_first_appendix()
    return domain.renumbered()


def _counted(version: str) -> int:
    """A version as a number: 0.7.0 as 7000."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return (major * 1000 + minor) * 1000 + patch
