"""The notebook among the examples, run by Jupyter's own kernel: what is stored in it is what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EXAMPLES

pytestmark = [
    pytest.mark.extra,
    # of Jupyter's own, about its folders and loops
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"),
]

NOTEBOOK = EXAMPLES / "notebook.ipynb"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """run(notebook): every cell is executed, here and not where the user keeps his history."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))

    def executed(notebook: Any) -> Any:
        client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False)
        return client.execute(cwd=str(tmp_path))

    return executed


def test_the_notebook_is_as_it_comes_out(run: Any, request: pytest.FixtureRequest) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    stored = nbformat.read(NOTEBOOK, as_version=4)
    fresh = run(nbformat.read(NOTEBOOK, as_version=4))
    fresh.metadata = stored.metadata  # without the version of Python
    if request.config.getoption("--rewrite"):
        nbformat.write(fresh, NOTEBOOK)
    assert nbformat.read(NOTEBOOK, as_version=4) == fresh
    nbformat.validate(fresh)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("%%arch\ninput(3) -> conw(3)", "<cell>:2:13: unknown layer `conw`; did you mean `conv`?"),
        ("%%answer --layer x\ninput(3) -> dense(3)", "there is no layer `x`; the layers are input_1, dense_1"),
    ],
)
def test_a_cell_with_an_error_stops_the_run(run: Any, cell: str, message: str) -> None:
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell("%load_ext symparams"), new_code_cell(cell)])
    with pytest.raises(CellExecutionError) as raised:
        run(notebook)
    assert message in str(raised.value)
    (output,) = notebook.cells[1].outputs
    assert output.traceback[0] == message
    assert not any("Traceback" in line or ".py" in line for line in output.traceback)
