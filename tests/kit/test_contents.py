"""Nothing is in a kit that a student must not have; what is in it is what judging takes."""

from __future__ import annotations

import ast
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

import reference
from grader.diagnosis.catalogue import ROWS
from grader.diagnosis.edits import source_of
from grader.errors import UsageError
from grader.grading.planning import make_plan
from grader.kit.packing import FORMAT, MAGIC, packed, unpacked
from grader.kit.record import Kit, kit_bytes, read_kit
from grader.kitting.building import build
from grader.kitting.choosing import kit_items, unused_templates
from grader.kitting.freezing import frozen
from grader.kitting.readme import readme
from grader.records import Outcome, Rubric
from grader.rubric import find_rubric, load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from tests.cli.command import ROOT, cold_grader, grader
from tests.kit.handed_out import RUBRIC, SEED, handed_out, homework

HIDDEN = (
    "veiled",
    "unannounced",
    "whispered",
    "shrouded",
    "cloaked",
    "shaded",
)
"""Words that only hidden items, their probes and their hints use."""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_out(tmp_path_factory.mktemp("kit"))


def contents(data: bytes, name: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield every file of an archive with its name and bytes, those of archives in it as well."""
    yield name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from contents(archive.read(inner), f"{name}/{inner}")
    if data.startswith(MAGIC):
        yield f"{name} unpacked", zlib.decompress(data[len(MAGIC + FORMAT) + 1 :])


def files_of(kit: Path) -> list[tuple[str, bytes]]:
    return list(contents((kit.parent / "kit.zip").read_bytes(), "kit.zip"))


def test_the_search_finds_what_is_there(kit: Path) -> None:
    """Or all the tests below would be idle."""
    found = files_of(kit)
    assert any(b"Backwards through tanh" in data for name, data in found if "unpacked" in name)
    assert any(b"def judge_all" in data for name, data in found if ".whl/" in name)


@pytest.mark.parametrize("word", HIDDEN)
def test_no_word_of_a_hidden_item_is_in_a_kit(kit: Path, word: str) -> None:
    assert word in RUBRIC
    told = word.encode()
    assert not [
        name for name, data in files_of(kit) if told in data.lower() or told in name.encode()
    ]


def test_no_seed_is_in_a_kit(kit: Path) -> None:
    forms = (
        str(SEED).encode(),
        struct.pack("<I", SEED),
        struct.pack(">I", SEED),
        struct.pack("<Q", SEED),
        hex(SEED)[2:].encode(),
    )
    assert not [name for name, data in files_of(kit) for form in forms if form in data]


def formulas(text: str) -> Iterator[str]:
    """Yield the lines of a module that compute something."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)):
            line = (ast.get_source_segment(text, node) or "").partition("\n")[0]
            if len(line) > 30:
                yield line


def test_no_formula_of_the_reference_is_in_a_kit(kit: Path) -> None:
    homes = {reference.home(problem) for problem in reference.problem_ids()}
    lines = {line.encode() for home in homes for line in formulas(source_of(home))}
    assert len(lines) > 300
    found = [(name, line) for name, data in files_of(kit) for line in lines if line in data]
    assert not found


def test_no_edit_of_the_catalogue_is_in_a_kit(kit: Path) -> None:
    olds = {e.old.encode() for rows in ROWS.values() for row in rows for e in row.edits}
    long_ones = {old for old in olds if len(old) > 25}
    assert len(long_ones) > 100
    found = [(name, old) for name, data in files_of(kit) for old in long_ones if old in data]
    assert not found


def test_the_wheel_holds_neither_the_reference_nor_what_makes_kits(kit: Path) -> None:
    names = [name for name, _ in files_of(kit) if ".whl/" in name]
    assert not [n for n in names if "/reference/" in n or "catalogue" in n or "kitting" in n]
    assert [n for n in names if n.endswith("grader/student.py")]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rubric, Path, Kit]:
    """Return a shipped homework, with a training and adapters, and its kit."""
    rubric = load_rubric(find_rubric("elec576-a1"))
    path = tmp_path_factory.mktemp("shipped") / "kit.zip"
    return rubric, path, build(rubric, path)


def test_a_shipped_homework_s_kit_holds_its_templates_and_no_example(
    shipped: tuple[Rubric, Path, Kit],
) -> None:
    rubric, path, _ = shipped
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    # Part 2 is not graded by default, and lenet.py is nothing else.
    assert {n for n in names if "/homework/" in n} == {
        f"{rubric.id}/homework/three_layer_neural_network.py"
    }
    assert f"{rubric.id}/README.md" in names
    handles = [f.name for f in (ROOT / "submissions_example" / rubric.id).iterdir() if f.is_dir()]
    assert rubric.adapters
    people = {*handles, *rubric.adapters}
    # The wheel quotes names that are made up in its doctests.
    found = [(n, d) for n, d in contents(path.read_bytes()) if ".whl" not in n and n]
    assert not [(n, one) for n, data in found for one in people if one.encode() in data]


def test_right_answers_to_hidden_items_are_not_in_a_draw(kit: Path) -> None:
    """The probe dz is asked for both; its hidden answer is left out."""
    found = read_kit(kit / "tiny.kit")
    assert {key.probe for key in found.draws} == {"out", "dz"}
    for key, draw in found.draws.items():
        assert set(draw.expected[""]) == {key.probe}
    assert set(found.rubric.probes["dz"].answers) == {"dz"}


def test_a_waiver_keeps_the_visible_items_that_it_names(kit: Path) -> None:
    (waiver,) = read_kit(kit / "tiny.kit").rubric.waivers
    assert waiver.items == ("out",)


def test_the_same_rubric_gives_the_same_bytes(tmp_path: Path) -> None:
    rubric = load_rubric(homework(tmp_path))
    for name in ("one.zip", "two.zip"):
        build(rubric, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_training_s_hidden_set_is_another_one_than_the_grader_s(
    shipped: tuple[Rubric, Path, Kit],
) -> None:
    rubric, _, kit = shipped
    key = next(key for key in kit.draws if key.probe == "training")
    ours, theirs = make_plan(rubric, ["train.moons"]).draw(key), kit.draws[key]
    assert ours.inputs["X_test"].shape == theirs.inputs["X_test"].shape
    assert (ours.inputs["X_test"] != theirs.inputs["X_test"]).all()


# --- what a student could not earn -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A shipped homework's kit under choices, its README and the names in its zip file."""

    kit: Kit
    readme: str
    names: frozenset[str]


def built(path: Path, rubric: Rubric) -> Built:
    build(rubric, path)
    home = path.with_suffix("")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(home)
        names = frozenset(archive.namelist())
    kit = read_kit(home / rubric.id / f"{rubric.id}.kit")
    readme = (home / rubric.id / "README.md").read_text(encoding="utf-8")
    return Built(kit=kit, readme=readme, names=names)


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a kit of a homework two items of which are graded through adapters."""
    chosen = {"n_layer": "yes", "part2": "numpy"}
    choices = tuple(Choice(option=o, choice=c, source="test") for o, c in chosen.items())
    rubric = load_rubric(find_rubric("elec576-a1"), selection=Selection(choices=choices))
    return built(tmp_path_factory.mktemp("adapted") / "kit.zip", rubric)


@pytest.fixture(scope="module")
def usual(shipped: tuple[Rubric, Path, Kit]) -> Built:
    """Return the kit of the same homework as it is without any choice."""
    rubric, path, _ = shipped
    return built(path, rubric)


@pytest.fixture(scope="module")
def of_hw3() -> tuple[Rubric, Kit]:
    rubric = load_rubric(find_rubric("ece247-hw3"))
    return rubric, frozen(rubric)


def test_an_item_that_takes_an_adapter_is_left_out_and_told(adapted: Built) -> None:
    told = adapted.readme
    ids = {item.id for item in adapted.kit.rubric.items}
    assert "lenet.conv" in ids
    assert not ids & {"n_layer.four", "n_layer.five"}
    assert not {key.probe for key in adapted.kit.draws} & {"four_layers", "five_layers"}
    assert "by this kit: n_layer.four, n_layer.five. Everybody writes these" in told
    assert "| `n_layer.four` |" not in told
    assert (
        "Whether nets of n layers are graded, through an adapter for each submission: **yes**"
        in told
    )
    assert "- `homework/lenet.py`" in told
    assert "elec576-a1/homework/lenet.py" in adapted.names


def test_an_item_with_another_way_than_by_an_adapter_stays(tmp_path: Path) -> None:
    of_two_ways = RUBRIC.replace(
        "check: value, probe: out, answer: out}",
        "any_of: [{name: own, check: value, probe: out, answer: out}, "
        "{name: adapted, check: value, probe: bridge, answer: out}]}",
    ).replace(
        "  dz:\n    problem: tanh\n",
        "  bridge:\n    problem: tanh\n    cases: {plain: {draws: 2}}\n    code: |\n"
        "      from nobodys_module import bridged\n      out = bridged(z)\n"
        "    answers: {out: out}\n  dz:\n    problem: tanh\n",
    )
    found = frozen(load_rubric(homework(tmp_path, of_two_ways))).rubric
    (item,) = [item for item in found.items if item.id == "out"]
    assert [way.probe for way in item.ways] == ["out"]
    assert "bridge" not in found.probes


def test_a_template_of_what_is_not_graded_is_not_handed_out(usual: Built) -> None:
    assert not [name for name in usual.names if "lenet" in name]
    assert "lenet.py" not in usual.readme


def test_no_template_is_left_out_where_all_are_graded() -> None:
    for rubric_id in ("ece247-hw3", "ece247-hw4", "ece247-hw5", "cs231n-a1", "cs231n-a2", "gplvm"):
        assert not unused_templates(load_rubric(find_rubric(rubric_id)))


def test_what_is_earned_by_code_or_by_a_formula_is_in_a_kit_with_its_code(
    of_hw3: tuple[Rubric, Kit],
) -> None:
    rubric, made = of_hw3
    either = {item.id for item in rubric.items if any(w.check == "formula" for w in item.ways)}
    assert either
    found = made.rubric
    assert either <= {item.id for item in found.items}
    assert not [one for one in found.asked if one.check == "formula"]
    assert all(item.asked for item in found.items)
    assert not [p for p in found.probes.values() for v in p.variants if "formula(" in v.code]
    items = kit_items(rubric)
    assert set(items.by_code) == either
    told = readme(made, "x.whl", "homework", [], items, rubric.options)
    assert f"Checked by their code alone: {items.by_code[0]}, " in told


def test_formulas_that_are_left_out_are_told() -> None:
    rubric = load_rubric(find_rubric("ece247-hw3"))
    first = next(item for item in rubric.items if item.ways)
    formula = next(way for way in first.ways if way.check == "formula")
    alone = replace(formula, id=first.id, visibility="visible")
    items = tuple(alone if item is first else item for item in rubric.items)
    choice = kit_items(replace(rubric, items=items))
    assert choice.formulas == (first.id,)
    assert first.id not in {item.id for item in choice.shown}


def test_hints_for_whoever_marks_are_not_in_a_kit(of_hw3: tuple[Rubric, Kit]) -> None:
    rubric, made = of_hw3
    hints = {one.hint for item in rubric.items for one in (item, *item.ways) if not one.probe}
    of_code = {one.hint for item in rubric.items for one in item.asked if one.probe}
    told = [hint.encode() for hint in hints - of_code if hint]
    assert told
    kept = zlib.decompress(kit_bytes(made)[len(MAGIC + FORMAT) + 1 :])
    assert not [hint for hint in told if hint in kept]
    assert any(hint.encode() in kept for hint in of_code)


def test_the_readme_tells_choices_in_words_and_every_outcome(usual: Built) -> None:
    told = usual.readme
    assert "n_layer" not in told
    assert ": **none**\n\n## Install\n" in told
    table = told.partition("| outcome | means |\n")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines()]
    named = {name for cell in cells for name in re.findall(r"\w+", cell)}
    assert named == {str(outcome) for outcome in Outcome}
    assert "Accuracy (train.moons) is measured here on other data" in told


def test_a_readme_without_choices_has_a_line_between_its_paragraphs(kit: Path) -> None:
    told = (kit / "README.md").read_text(encoding="utf-8")
    assert "without a network.\n\n## Install\n" in told
    assert "Accuracy" not in told


def test_what_is_learnt_by_heart_is_the_grader_s_own_since_nothing_of_it_is_hidden(
    of_hw3: tuple[Rubric, Kit],
) -> None:
    rubric, made = of_hw3
    for probe, is_same in (("overfit", True), ("train", False)):
        (key,) = [key for key in made.draws if key.probe == probe]
        ours = make_plan(rubric).draw(key).inputs["X_train"]
        assert (made.draws[key].inputs["X_train"] == ours).all() == is_same


# --- the command -------------------------------------------------------------------------------


def test_the_command_tells_what_it_left_out(tmp_path: Path) -> None:
    homework(tmp_path)
    done = cold_grader("kit", "tiny", "-o", "out.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "tiny: 3 visible items; 2 others left out\nwritten: out.zip\n"
    assert (tmp_path / "out.zip").exists()


def test_a_homework_without_visible_items_has_no_kit(tmp_path: Path) -> None:
    hidden = RUBRIC.replace("answer: out}\n", "answer: out, visibility: hidden}\n", 1)
    hidden = hidden.replace("answer: dz}\n", "answer: dz, visibility: hidden}\n")
    homework(tmp_path, hidden)
    done = grader("kit", "tiny", cwd=tmp_path)
    assert done.returncode == 1
    assert "no visible item runs anything" in done.stderr
    assert not (tmp_path / "kit.zip").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    homework(tmp_path)
    done = grader("kit", "tiny", "-o", "no/where/kit.zip", cwd=tmp_path)
    assert done.returncode == 1
    assert "no/where/kit.zip: No such file or directory; nothing was built" in done.stderr


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04", "it is no kit"),
        (MAGIC + b"99\n", "it is of format 99, and this program reads 2"),
        (MAGIC + FORMAT + b"\nxyz", "it is damaged"),
        (packed({"a": 1}), "it is no kit"),
        (packed({"a": 1})[:-7], "it is damaged"),
    ],
)
def test_a_file_that_is_no_kit_is_refused_with_a_way_out(
    tmp_path: Path, data: bytes, told: str
) -> None:
    path = tmp_path / "x.kit"
    path.write_bytes(data)
    with pytest.raises(UsageError) as raised:
        read_kit(path)
    assert f"{path}: {told}" in str(raised.value)
    assert "unpack the course's zip file again" in str(raised.value)


def test_numbers_of_numpys_come_back_as_such() -> None:
    sent = {"penalty": np.float64(0.5), "count": np.int32(7), "on": np.bool_(True), "plain": 0.5}
    found = unpacked(packed(sent), ())
    assert {name: (type(value), value) for name, value in found.items()} == {
        name: (type(value), value) for name, value in sent.items()
    }
    assert found["penalty"].shape == ()
