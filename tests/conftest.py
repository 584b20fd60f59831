"""Golden documents: compared whole, rewritten with --rewrite, an error where one is missing. Skips as failures."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

if "PYTEST_XDIST_WORKER" not in os.environ:  # the workers share the folder of the process that started them
    os.environ["SYMPARAMS_CACHE"] = tempfile.mkdtemp(prefix="symparams-")  # not the user's own
    atexit.register(shutil.rmtree, os.environ["SYMPARAMS_CACHE"], ignore_errors=True)

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = Path(__file__).parent.parent / "examples"

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", settings.get_profile("steady"), max_examples=20)
settings.register_profile("random", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("few")  # --hypothesis-profile steady tries a hundred, random searches on

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the golden documents anew; the diff is the review")
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped has failed: all it needs is here")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_if_skipped(item.config, (yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_if_skipped(collector.config, (yield))


def _failed_if_skipped(config: pytest.Config, report: Report) -> Report:
    """The report, failed instead of skipped where --no-skips says so; what is expected to fail is no skip."""
    if config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{report.nodeid} must not be skipped here. {reason}"
    return report


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """golden(name, text): the text is that of the document tests/golden/name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"there is no golden document {name}; --rewrite makes it"
        assert text == path.read_text(encoding="utf-8")

    return compare
