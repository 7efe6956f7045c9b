"""The example notebooks run from top to bottom, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

HOUSE = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((HOUSE / "examples" / "notebooks").glob("*.ipynb"))

TOLD = {
    "1-first-ranking": ("Tokyo–Yokohama", "image/png", "<iframe src=", "specialisation"),
    "2-own-data": ("assumed", "NL", "DE", "clusters"),
    "3-how-sure": ("median", "image/png", "lower"),
}
"""Words that the outputs of each notebook must hold."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to work in, shared so that the world is made once."""
    return tmp_path_factory.mktemp("notebooks")


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["1-first-ranking", "2-own-data", "3-how-sure"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_and_is_kept_without_outputs(path: Path, desk: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    nbformat.validate(notebook)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(desk)}}
    )
    client.execute()
    shown = [output for cell in code for output in cell.outputs]
    assert all(output.output_type != "error" for output in shown)
    told = " ".join(str(output.get("data", {})) for output in shown)
    for words in TOLD[path.stem]:
        assert words in told
