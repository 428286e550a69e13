"""Every example that ships, through the kit of its homework: the points that were worked out for it.

Of some homework, or with ``KITS=all`` in the environment of all. One test a homework, and in it one kit and one examiner for all of its examples: making a kit takes
longer than asking them. What a student would read is made as well, and thrown away.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from grader.checks.cases import NOT_KNOWN_HERE
from grader.checks.training import OTHER_DATA_DECIDE
from grader.grading.examiner import Examiner
from grader.grading.examples import Example, examples_of
from grader.grading.reproducing import reproductions
from grader.kit.frozen import plan_of_kit
from grader.kit.packing import packed, unpacked
from grader.kit.record import _RECORDS, Kit
from grader.kitting.choosing import kit_items
from grader.kitting.freezing import frozen
from grader.records import ItemScore, Outcome, Rubric, ScoreSheet
from grader.report.escaping import number_text
from grader.report.terminal import print_sheet
from grader.rubric import find_rubric, load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection

HOMEWORK = (
    "autoencoder",
    "backprop-by-hand",
    "cs231n-a1",
    "cs231n-a2",
    "ece247-hw3",
    "ece247-hw4",
    "ece247-hw5",
    "elec576-a1",
    "elec576-a1@n_layer=yes,part2=numpy",
    "gplvm",
    "rbm",
    "sigmoid-mlp",
)
FEW = ("cs231n-a1", "ece247-hw4", "elec576-a1@n_layer=yes,part2=numpy", "rbm")
"""Tried without ``KITS=all``: together they have every check and most outcomes."""
TRIED = HOMEWORK if os.environ.get("KITS") == "all" else FEW
ENDLESS = frozenset({"violet-snail"})
"""Examples that do nothing but use up every limit of time that a homework has; how a kit stops code
that does not end, ``test_installed.py`` tells."""


def homework(name: str) -> tuple[Rubric, Path]:
    """Return a rubric under the choices that the name of an examples' folder tells, and its file."""
    rubric_id, _, chosen = name.partition("@")
    pairs = [one.partition("=")[::2] for one in chosen.split(",") if one]
    choices = tuple(Choice(option=o, choice=c, source="its folder") for o, c in pairs)
    file = find_rubric(rubric_id)
    return load_rubric(file, selection=Selection(choices=choices)), file


def sheets(kit: Kit, examples: list[Example]) -> Iterator[tuple[Example, ScoreSheet]]:
    """Yield each example's sheet by the kit, once it has been printed as for a student."""
    plan = plan_of_kit(kit)
    examiner = Examiner(plan, level=0, has_notebooks=True)
    try:
        for example in examples:
            sheet, transcript = examiner.examine(example.submission)
            shown = reproductions(plan, sheet, transcript)
            print_sheet(Console(file=io.StringIO(), width=100), sheet, shown)
            yield example, sheet
    finally:
        examiner.close()


def is_left_to_the_course(score: ItemScore) -> bool:
    """Whether a kit may say ``unsure`` where the course decides, as its page says."""
    notes = {NOT_KNOWN_HERE, OTHER_DATA_DECIDE}
    is_told = "Not decided here: " in score.verdict.message
    return (
        score.verdict.outcome is Outcome.UNSURE
        and is_told
        and not notes.isdisjoint(score.verdict.notes)
    )


@pytest.mark.parametrize("name", TRIED)
def test_every_example_has_its_points_by_the_kit_or_is_left_to_the_course(name: str) -> None:
    rubric, file = homework(name)
    found, complaints = examples_of(rubric, file)
    assert not complaints
    examples = [example for example in found if example.student not in ENDLESS]
    # Through its bytes, so that what is tried is what is handed out.
    kit = unpacked(packed(frozen(rubric)), _RECORDS)
    assert isinstance(kit, Kit)
    by_code = kit_items(rubric).by_code
    differing, left = [], 0
    for example, sheet in sheets(kit, examples):
        assert not sheet.has_fault, (example.student, sheet.flags)
        for score in sheet.scores:
            came = "" if score.points is None else number_text(score.points)
            wanted = example.points[score.item.id]
            # A formula, which a kit does not read, can only add to what the code has earned.
            has_more = score.item.id in by_code and Decimal(came or 0) < Decimal(wanted or 0)
            if is_left_to_the_course(score) or has_more:
                left += 1
            elif came != wanted:
                told = (score.verdict.outcome, score.verdict.message)
                differing.append((example.student, score.item.id, wanted, came, *told))
    assert not differing
    decided = sum(len(kit.rubric.items) for _ in examples) - left
    assert decided > 0.7 * len(kit.rubric.items) * len(examples)


def test_every_folder_of_examples_is_tried() -> None:
    _, file = homework("gplvm")
    folders = file.resolve().parents[2] / "submissions_example"
    assert set(HOMEWORK) == {path.name for path in folders.iterdir() if path.is_dir()}
    assert set(FEW) <= set(HOMEWORK)
