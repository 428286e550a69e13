"""The page on writing a rubric names the whole language, and what it says to do works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import reference
from grader.expressions import FUNCTIONS
from grader.rubric import check_schema, load_rubric, schema
from grader.rubric.catalogue import ReferenceCatalogue
from reference.datasets import DATASETS
from tests.cli.command import ROOT, grader, scores

PAGE = (ROOT / "docs" / "writing-a-rubric.md").read_text(encoding="utf-8")
FILES = dict(
    re.findall(r"^`([\w./-]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
)
"""Path -> text of the files that the page has its reader write."""
PIECES = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    if not block.startswith("schema:")
]
HEAD = """\
schema: 1
id: piece
title: "A piece of the page"
seed: 1
modules: {expected: [net.py]}
"""


def models() -> list[type[BaseModel]]:
    """Return every mapping of the language."""
    found = {**vars(schema), **vars(check_schema)}.values()
    return [one for one in found if isinstance(one, type) and issubclass(one, check_schema.Strict)]


def keys() -> list[str]:
    """Return every key of the language, as an author writes it."""
    fields = [model.model_fields.items() for model in models()]
    return sorted({field.alias or name for some in fields for name, field in some})


def row(problem_id: str) -> str:
    """Return a problem's row in the page's table."""
    problem, catalogue = reference.problem(problem_id), ReferenceCatalogue()
    options = {
        name: " or ".join(f"`{value}`" for value in values)
        for name, values in problem.options.items()
    }
    answers = [
        f"*{name}*" if name in problem.gradients else name
        for name in catalogue.answers(problem_id, {})
    ]
    settings = [f"{name} ({value})" for name, value in problem.settings.items()]
    cells = (
        f"`{problem_id}`",
        ", ".join(
            _with_shape(name, shape)
            for name, shape in problem.shapes(problem.resolve_options({})).items()
        ),
        ", ".join(answers),
        ", ".join(settings),
        ", ".join(problem.regimes),
        "; ".join(f"`{name}`: {values}" for name, values in options.items()),
        ", ".join(problem.intermediates),
    )
    return f"| {' | '.join(cells)} |"


def _with_shape(name: str, shape: tuple[str | int, ...]) -> str:
    return f"{name} ({', '.join(map(str, shape))})" if shape else name


@pytest.mark.parametrize("key", keys())
def test_every_key_of_the_language_is_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize(
    "word",
    [
        *check_schema.CHECKS,
        *schema.VISIBILITIES,
        *check_schema.METHODS,
        *check_schema.PRECISIONS,
        *check_schema.UNITS,
        *schema.MODES,
        *FUNCTIONS,
        *DATASETS,
    ],
)
def test_every_word_that_a_key_may_have_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_every_problem_has_its_row(problem_id: str) -> None:
    assert f"\n{row(problem_id)}\n" in PAGE


def test_the_table_has_no_row_of_a_problem_that_is_not_there() -> None:
    table = PAGE.partition("\n## Problems\n")[2]

    rows = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert sorted(rows) == sorted(reference.problem_ids())


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_of_a_rubric_on_the_page_can_be_read(piece: str, tmp_path: Path) -> None:
    home = tmp_path / "piece"
    home.mkdir()
    (home / "rubric.yaml").write_text(HEAD + piece, encoding="utf-8")

    rubric = load_rubric(home)

    assert rubric.items


def test_whoever_follows_the_page_has_graded_a_folder(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert len(FILES) == 5
    commands = re.search(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert commands is not None

    for command in commands[1].splitlines():
        done = grader(*command.split()[1:], cwd=tmp_path)
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    totals = {
        row["student"]: row["total"] for row in scores(tmp_path / "runs" / "softmax").values()
    }
    assert totals == {"ada": "12", "bo": "10.5"}


def test_the_rubric_of_the_page_leaves_its_author_without_a_warning(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    done = grader("rubric", "lint", "softmax", cwd=tmp_path)

    assert "certified" in done.stdout
    assert "warning:" not in done.stdout
