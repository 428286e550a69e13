"""The text of a notebook's cells, of whatever bytes are handed in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.cells import MOST_CELLS, NotebookCell, cells_of

EXAMPLES = sorted(Path("submissions_example").rglob("*.ipynb"))
CELL = st.fixed_dictionaries(
    {
        "metadata": st.dictionaries(st.text(), st.text() | st.lists(st.text(), max_size=3)),
        "source": st.text() | st.lists(st.text(), max_size=4),
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "outputs": st.lists(st.fixed_dictionaries({"source": st.text(), "cell_type": st.text()})),
    }
)


def told(notebook: dict[str, list[dict[str, object]]]) -> list[tuple[str, str]]:
    """Return a notebook's cells as json reads them."""
    return [(str(c["cell_type"]), "".join(c["source"])) for c in notebook["cells"]]  # type: ignore[arg-type]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_reads_the_example_notebooks_as_json_does(path: Path) -> None:
    data = path.read_bytes()
    assert [(cell.kind, cell.text) for cell in cells_of(data)] == told(json.loads(data))


@given(st.lists(CELL, max_size=4), st.dictionaries(st.text(max_size=3), st.lists(st.text())))
def test_reads_any_cells_as_json_does(
    cells: list[dict[str, object]], more: dict[str, object]
) -> None:
    more.pop("cells", None)
    notebook = {**more, "metadata": {"cells": [{"cell_type": "no"}]}, "cells": cells}
    found = [(cell.kind, cell.text) for cell in cells_of(json.dumps(notebook).encode())]
    assert found == told(notebook)  # type: ignore[arg-type]


@given(st.binary(max_size=300) | st.text('{}[]:,"\\cells ').map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    for cell in cells_of(data):
        assert isinstance(cell, NotebookCell)


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b'"\\', b'"\\"', b"}"])
def test_a_megabyte_of_brackets_or_quotes_ends(piece: bytes) -> None:
    assert list(cells_of(piece * ((1 << 20) // len(piece)))) == []


def test_no_more_cells_are_taken_than_anybody_reads() -> None:
    cells = [{"cell_type": "raw", "source": "x"}] * (MOST_CELLS + 5)
    assert len(list(cells_of(json.dumps({"cells": cells}).encode()))) == MOST_CELLS
