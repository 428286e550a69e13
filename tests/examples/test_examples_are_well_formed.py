"""Do the example submissions, and the scores beside them, keep their own rules?"""

from __future__ import annotations

import ast
import csv
import functools
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
UNTOUCHED = {
    "elec576-a1": "blank-hare",
    "ece247-hw3": "clear-minnow",
    "ece247-hw4": "lilac-oriole",
    "ece247-hw5": "lunar-otter",
    "cs231n-a1": "keen-marmot",
    "cs231n-a2": "kindly-yak",
    "autoencoder": "mossy-newt",
    "backprop-by-hand": "keen-viper",
    "gplvm": "slate-eel",
    "rbm": "jade-skunk",
    "sigmoid-mlp": "merry-pika",
}
UNPARSED = {
    "elec576-a1": "rusty-finch",
    "ece247-hw3": "cedar-skunk",
    "ece247-hw4": "ivory-lemur",
    "ece247-hw5": "juniper-mole",
    "cs231n-a1": "jagged-finch",
    "cs231n-a2": "jumpy-tapir",
    "autoencoder": "ivory-gull",
    "backprop-by-hand": "jolly-beetle",
    "gplvm": "rusty-plover",
    "rbm": "grey-minnow",
    "sigmoid-mlp": "lunar-snail",
}
RUBRICS = tuple(UNTOUCHED)
WHOLE = ("elec576-a1", "ece247-hw3", "cs231n-a1")
"""Rubrics whose examples show every oddity of real submissions; the others have fewer."""

pytestmark = pytest.mark.parametrize("rubric_id", RUBRICS)


@functools.cache
def entries(rubric_id: str) -> list[dict[str, Any]]:
    """Return the items as they stand in the rubric, in its order; those of the default year."""
    text = (ROOT / "rubrics" / rubric_id / "rubric.yaml").read_text(encoding="utf-8")
    rubric: dict[str, Any] = yaml.safe_load(text)
    sections = [{"items": rubric.get("items", [])}, *rubric.get("sections", [])]
    chosen = {
        name: option["default"]
        for name, option in rubric.get("options", {}).items()
        if isinstance(option, dict)
    }
    return [
        item
        for section in sections
        for item in section["items"]
        if all(chosen[name] in choices for name, choices in item.get("only", {}).items())
    ]


def items(rubric_id: str) -> dict[str, Decimal]:
    """Return the points of each item."""
    return {item["id"]: Decimal(str(item["points"])) for item in entries(rubric_id)}


def marked(rubric_id: str) -> set[str]:
    """Return the items that a person marks: nobody has done so here."""
    ways = {item["id"]: item.get("any_of", [item]) for item in entries(rubric_id)}
    return {name for name, any_of in ways.items() if all("probe" not in way for way in any_of)}


def points(rubric_id: str, row: dict[str, str]) -> dict[str, Decimal]:
    """Return the points of a row, without those that nobody has given yet."""
    return {item: Decimal(row[item]) for item in items(rubric_id) if row[item]}


def rows(rubric_id: str) -> list[dict[str, str]]:
    """Return the rows of expected.csv."""
    path = ROOT / "submissions_example" / rubric_id / "expected.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def folders(rubric_id: str) -> dict[str, Path]:
    """Return the submissions' folders by their handles."""
    parent = ROOT / "submissions_example" / rubric_id
    return {path.name: path for path in parent.iterdir() if path.is_dir()}


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder that a student or a teacher wrote, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


def own_work(rubric_id: str, handle: str) -> dict[bytes, str]:
    """Return the files that a student changed: whatever is no copy of a starter file."""
    given = set(contents(ROOT / "rubrics" / rubric_id / "starter").values())
    handed_in = contents(folders(rubric_id)[handle])
    return {data: path for path, data in handed_in.items() if data not in given}


def test_the_columns_are_the_items_of_the_rubric(rubric_id: str) -> None:
    for row in rows(rubric_id):
        assert list(row) == ["student", *items(rubric_id), "total", "reason"]


def test_every_folder_has_one_row_and_every_row_a_folder(rubric_id: str) -> None:
    students = [row["student"] for row in rows(rubric_id)]
    assert sorted(students) == sorted(folders(rubric_id))
    assert len(students) >= (10 if rubric_id in WHOLE else 5)


def test_scores_are_plain_decimals_up_to_the_points(rubric_id: str) -> None:
    for row in rows(rubric_id):
        for item, most in items(rubric_id).items():
            if item in marked(rubric_id) and not row[item]:
                continue
            assert re.fullmatch(r"0|[1-9]\d*|\d+\.\d*[1-9]", row[item]), (row["student"], item)
            assert 0 <= Decimal(row[item]) <= most, (row["student"], item)


def test_totals_are_sums(rubric_id: str) -> None:
    for row in rows(rubric_id):
        assert Decimal(row["total"]) == sum(points(rubric_id, row).values())


def test_every_score_has_its_reason_in_one_sentence(rubric_id: str) -> None:
    for row in rows(rubric_id):
        assert row["reason"].strip().endswith("."), row["student"]
        assert "\n" not in row["reason"], row["student"]


def test_several_are_right_some_score_nothing_and_some_lose_a_part(rubric_id: str) -> None:
    by_hand = marked(rubric_id)
    full = sum(most for item, most in items(rubric_id).items() if item not in by_hand)
    totals = [Decimal(row["total"]) for row in rows(rubric_id)]
    # Who has a waiver may have more than what is graded by itself.
    assert sum(total >= full for total in totals) >= (3 if rubric_id in WHOLE else 2)
    assert 0 in totals
    assert any(0 < total < full for total in totals)
    partial = [
        row
        for row in rows(rubric_id)
        for item, earned in points(rubric_id, row).items()
        if 0 < earned < items(rubric_id)[item]
    ]
    assert partial or rubric_id not in WHOLE


def test_no_two_students_hand_in_the_same_work(rubric_id: str) -> None:
    seen: dict[bytes, str] = {}
    for handle in sorted(folders(rubric_id)):
        for data, path in own_work(rubric_id, handle).items():
            assert data not in seen, f"{handle}/{path} is {seen.get(data)}"
            seen[data] = f"{handle}/{path}"


def test_the_untouched_starter_is_the_starter(rubric_id: str) -> None:
    assert not own_work(rubric_id, UNTOUCHED[rubric_id])
    assert contents(folders(rubric_id)[UNTOUCHED[rubric_id]])


def test_only_the_file_that_is_meant_to_does_not_parse(rubric_id: str) -> None:
    broken = set()
    for handle, folder in folders(rubric_id).items():
        for path, data in contents(folder).items():
            if path.endswith(".py"):
                try:
                    ast.parse(data)
                except SyntaxError:
                    broken.add(handle)
    assert broken == {UNPARSED[rubric_id]}


def test_the_files_keep_the_oddities_of_real_ones(rubric_id: str) -> None:
    parent = ROOT / "submissions_example" / rubric_id
    paths = [path.relative_to(parent).as_posix() for path in parent.rglob("*")]
    sources = [data for folder in folders(rubric_id).values() for data in contents(folder).values()]
    assert any(" " in path for path in paths)
    if rubric_id not in WHOLE:
        return
    assert any(data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data for data in sources)
    for fragment in (b"from past.builtins import xrange", b"plt.show()", b"sys.exit()"):
        assert any(fragment in data for data in sources), fragment
    if rubric_id == "elec576-a1":
        assert any(b"\n\t\treturn" in data for data in sources)
        assert any(b"%autoreload" in data and b"NameError" in data for data in sources)
    elif rubric_id == "cs231n-a1":
        assert any(b"get_datasets.sh" in data and b"%autoreload" in data for data in sources)
    else:
        assert any("__MACOSX/" in path for path in paths)
        assert any(path.endswith(".DS_Store") for path in paths)
        assert any(b"!bash" in data and b"%autoreload" in data for data in sources)


def test_the_starter_marks_what_students_write(rubric_id: str) -> None:
    starter = contents(ROOT / "rubrics" / rubric_id / "starter")
    text = b"\n".join(starter.values()).decode("utf-8")
    regions = re.findall(r"# TODO.*?# END OF TODO\n", text, flags=re.DOTALL)
    assert len(regions) == text.count("# TODO") == text.count("# END OF TODO") > 0
