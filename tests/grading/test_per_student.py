"""Draws per student: everybody has inputs of their own, the same at every regrade, by a secret."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.checks.draws import keys_of
from grader.errors import UsageError
from grader.grading.examiner import Examiner
from grader.grading.journal import open_run, write_run
from grader.grading.plan import Plan, must_have_secret
from grader.grading.planning import make_plan
from grader.grading.rescoring import open_old_run, plan_of, recorded_sheets, rescore
from grader.grading.secret import fingerprint, keyed_seed, read_secret, secret_of_run
from grader.records import DrawKey, Person, Rubric, Submission
from grader.rubric import load_rubric
from tests.cli.command import grader, scores
from tests.grading.classroom import (
    RIGHT,
    STARTER,
    TANH,
    outcomes,
    put,
    submission,
    write_rubric,
)

SECRET = b"amber lamps over the weir"
OTHER = b"another lamp over the weir"
OWN = TANH.replace("  dz:\n", "  dz:\n    per_student: true\n", 1)
"""The first item's draws are everybody's, the second one's are one's own."""
HIDDEN = TANH.replace("check: gradient", "visibility: hidden, check: gradient")
UNTOUCHED = {"act.py": STARTER["act.py"].replace("    pass\n", "    return np.zeros_like(z)\n")}
"""A starter that answers something, on whatever draws."""
WRONG_BACKWARD = RIGHT.replace("(1 - np.tanh(z) ** 2)", "(1 + np.tanh(z) ** 2)")


@pytest.fixture(scope="module")
def rubric(tmp_path_factory: pytest.TempPathFactory) -> Rubric:
    return load_rubric(write_rubric(tmp_path_factory.mktemp("own"), OWN, UNTOUCHED))


@pytest.fixture(scope="module")
def plan(rubric: Rubric) -> Plan:
    return make_plan(rubric, secret=SECRET)


def inputs(plan: Plan, name: str, probe: str = "dz") -> bytes:
    own = plan.of(submission({"act.py": RIGHT}, name))
    draws = [own.draw(key).inputs for key in keys_of(plan.rubric.probes[probe])]
    return b"".join(np.asarray(draw["z"]).tobytes() for draw in draws)


# --- the draws -------------------------------------------------------------------------------


def test_everybody_has_draws_of_their_own_where_the_probe_says_so(plan: Plan) -> None:
    assert inputs(plan, "amber-fox") != inputs(plan, "jade-hornet")
    assert inputs(plan, "amber-fox", "out") == inputs(plan, "jade-hornet", "out")


def test_the_same_student_has_the_same_draws_at_every_regrade(plan: Plan, rubric: Rubric) -> None:
    again = make_plan(rubric, secret=SECRET)
    assert inputs(again, "amber-fox") == inputs(plan, "amber-fox")
    only = make_plan(rubric, only=["dz"], secret=SECRET)
    assert inputs(only, "amber-fox") == inputs(plan, "amber-fox")


def test_another_secret_or_seed_gives_other_draws(plan: Plan, rubric: Rubric) -> None:
    known = inputs(plan, "amber-fox")
    assert inputs(make_plan(rubric, secret=OTHER), "amber-fox") != known
    assert inputs(make_plan(rubric, secret=SECRET, seed=12), "amber-fox") != known
    assert inputs(make_plan(rubric), "amber-fox") != known, "the public seed must not tell"


def test_own_draws_are_certified_like_any_other(plan: Plan) -> None:
    own = plan.of(submission({"act.py": RIGHT}))
    for key in keys_of(plan.rubric.probes["dz"]):
        draw = own.draw(key)
        assert draw.certificate["dz"] <= 1e3
        assert set(next(iter(draw.expected.values()))) >= {"dz"}


def test_what_everybody_has_is_made_once(plan: Plan) -> None:
    one, two = (plan.of(submission({"act.py": RIGHT}, name)) for name in ("ant", "bee"))
    key = DrawKey("out", "plain", 0)
    assert one.draw(key) is two.draw(key)
    probe = plan.rubric.probes["out"]
    asked = [own.request(probe, probe.variants[0], key) for own in (one, two)]
    assert asked[0] is asked[1]
    further = DrawKey("out", "plain", 7)
    assert one.draw(further) is two.draw(further)


def test_a_group_has_the_same_draws_in_whatever_order_it_is_listed(plan: Plan) -> None:
    people = (Person(student_id="b"), Person(student_id="a"))
    one = Submission(id="submission_1", people=people, files=())
    two = Submission(id="submission_2", people=people[::-1], files=())
    assert one.owner == two.owner != Submission(id="a", people=people[:1], files=()).owner


def test_without_draws_per_student_a_plan_is_everybodys(rubric: Rubric) -> None:
    shared = make_plan(rubric, only=["out"], secret=SECRET)
    assert shared.of(submission({"act.py": RIGHT})) is shared
    assert must_have_secret(make_plan(rubric, only=["out"])).secret is None


def test_hidden_draws_follow_from_the_secret_if_there_is_one(tmp_path: Path) -> None:
    hidden = load_rubric(write_rubric(tmp_path, HIDDEN))
    public, keyed = make_plan(hidden), make_plan(hidden, secret=SECRET)
    for probe, differs in (("dz", True), ("out", False)):
        key = DrawKey(probe, "plain", 0)
        assert (public.inputs_digest(key) != keyed.inputs_digest(key)) is differs
    alone = make_plan(hidden, only=["dz"], secret=SECRET)
    key = DrawKey("dz", "plain", 0)
    assert alone.inputs_digest(key) == keyed.inputs_digest(key)
    assert (public.uses_secret, keyed.uses_secret) == (False, True)


# --- the secret ------------------------------------------------------------------------------


def test_a_keyed_seed_depends_on_every_word() -> None:
    seeds = {
        keyed_seed(SECRET, 1, "student", "ab"),
        keyed_seed(SECRET, 1, "student", "a", "b"),
        keyed_seed(SECRET, 1, "hidden", "ab"),
        keyed_seed(SECRET, 2, "student", "ab"),
        keyed_seed(OTHER, 1, "student", "ab"),
    }
    assert len(seeds) == 5
    assert keyed_seed(SECRET, 1, "student", "ab") in seeds


def test_the_secret_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    file = put(tmp_path / "key.txt", OTHER.decode() + "\n")
    assert read_secret({}) is None
    assert read_secret({"GRADER_SECRET": SECRET.decode()}) == SECRET
    assert read_secret({"GRADER_SECRET_FILE": str(file)}) == OTHER
    both = {"GRADER_SECRET": SECRET.decode(), "GRADER_SECRET_FILE": str(file)}
    assert read_secret(both) == SECRET


def test_a_secret_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="GRADER_SECRET: 5 bytes can be guessed"):
        read_secret({"GRADER_SECRET": "tulip"})
    empty = put(tmp_path / "empty.txt", "\n")
    with pytest.raises(UsageError, match="0 bytes can be guessed"):
        read_secret({"GRADER_SECRET_FILE": str(empty)})
    with pytest.raises(UsageError, match="cannot be read"):
        read_secret({"GRADER_SECRET_FILE": str(tmp_path / "none.txt")})
    put(tmp_path / "tiny" / "rubric.yaml", OWN)
    inside = put(tmp_path / "tiny" / "starter" / "key.txt", OTHER.decode())
    with pytest.raises(UsageError, match="a secret is kept outside"):
        read_secret({"GRADER_SECRET_FILE": str(inside)})


def test_without_a_secret_nothing_is_graded_on_own_draws(rubric: Rubric) -> None:
    with pytest.raises(UsageError, match=r"probe dz: its draws are per_student.*GRADER_SECRET"):
        must_have_secret(make_plan(rubric))


def test_a_run_is_judged_again_with_its_own_secret_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = {"secret": fingerprint(SECRET)}
    monkeypatch.delenv("GRADER_SECRET", raising=False)
    with pytest.raises(UsageError, match="was graded with a secret, and none is set"):
        secret_of_run(tmp_path, told)
    monkeypatch.setenv("GRADER_SECRET", OTHER.decode())
    way = r"set the run's own \(GRADER_SECRET, .*\), or grade into another folder"
    with pytest.raises(UsageError, match=f"was graded with another secret .*: {way}"):
        secret_of_run(tmp_path, told)
    assert secret_of_run(tmp_path, {}) is None, "a run without one is judged without one"
    monkeypatch.setenv("GRADER_SECRET", SECRET.decode())
    assert secret_of_run(tmp_path, told) == SECRET


# --- runs ------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, plan: Plan) -> Path:
    """A run of three: right, untouched, and wrong on the draws of their own."""
    open_run(tmp_path)
    facts = {"seed": plan.seed, "secret": fingerprint(SECRET)}
    write_run(tmp_path, plan.rubric, facts)
    examine(plan, tmp_path)
    return tmp_path


HANDED_IN = {"ant": RIGHT, "bee": UNTOUCHED["act.py"], "cow": WRONG_BACKWARD}
FOUND = {
    "ant": {"out": "correct", "dz": "correct"},
    "bee": {"out": "not_implemented", "dz": "not_implemented"},
    "cow": {"out": "correct", "dz": "wrong"},
}


def examine(plan: Plan, folder: Path, resumes: bool = False) -> dict[str, dict[str, str]]:
    examiner = Examiner(plan, folder, has_notebooks=False, resumes=resumes)
    try:
        sheets = [
            examiner.examine(submission({"act.py": source}, name))[0]
            for name, source in HANDED_IN.items()
        ]
    finally:
        examiner.close()
    return {sheet.submission: outcomes(sheet) for sheet in sheets}


def frames(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.frame")}


def test_own_draws_are_judged_resumed_and_judged_again(
    monkeypatch: pytest.MonkeyPatch, run: Path, plan: Plan
) -> None:
    monkeypatch.setenv("GRADER_SECRET", SECRET.decode())
    before = frames(run / "transcripts") | frames(run / "starters")
    assert {"bee.frame", "cow.frame"} <= {path.name for path in (run / "starters").iterdir()}
    assert examine(make_plan(plan.rubric, secret=SECRET), run, resumes=True) == FOUND
    assert frames(run / "transcripts") | frames(run / "starters") == before, "nobody is asked"
    old = open_old_run(run)
    sheets = rescore(old, plan_of(old, plan.rubric), jobs=1)
    assert {sheet.submission: outcomes(sheet) for sheet in sheets} == FOUND


def test_answers_on_draws_of_another_secret_are_none(run: Path, plan: Plan) -> None:
    other = make_plan(plan.rubric, secret=OTHER)
    (sheet,) = recorded_sheets(run, other, ["ant"], jobs=1)
    assert outcomes(sheet) == {"out": "correct", "dz": "unsure"}
    assert "needs a rerun" in sheet.scores[1].verdict.message


def test_who_hands_in_the_answers_of_somebody_else_is_wrong(plan: Plan) -> None:
    """The point of it all: numbers that are right for one are right for nobody else."""
    key = DrawKey("dz", "plain", 0)
    draw = plan.of(submission({}, "ant")).draw(key)
    right = next(iter(draw.expected.values()))["dz"].value
    copied = replace(draw).inputs["z"].tolist()
    source = (
        "import numpy as np\n\ndef forward(z):\n    return np.tanh(z)\n\n"
        f"def backward(dout, z):\n    if z.tolist() == {copied}:\n"
        f"        return np.array({right.tolist()})\n    return z\n"
    )
    examiner = Examiner(replace(plan, draws={}), has_notebooks=False)
    try:
        sheet, transcript = examiner.examine(submission({"act.py": source}, "bee"))
    finally:
        examiner.close()
    assert outcomes(sheet)["dz"] == "wrong"
    assert transcript.replies[key].answers.keys() == {"dz"}


def test_the_command_wants_a_secret_and_keeps_it_to_itself(tmp_path: Path) -> None:
    write_rubric(tmp_path, OWN)
    peeking = RIGHT + "\nimport os\nprint('SEEN', dict(os.environ))\n"
    put(tmp_path / "all" / "ant" / "act.py", peeking)
    arguments = ("grade", "all", "--rubric", "tiny", "-o", "run")
    refused = grader(*arguments, cwd=tmp_path)
    assert refused.returncode == 1
    assert "probe dz: its draws are per_student, which takes a secret" in refused.stderr
    assert not (tmp_path / "run").exists()
    done = grader(*arguments, cwd=tmp_path, GRADER_SECRET=SECRET.decode())
    assert done.returncode == 0, done.stderr
    assert scores(tmp_path / "run")["ant"]["total"] == "10"
    told = json.loads((tmp_path / "run" / "run.json").read_text())
    assert told["secret"] == fingerprint(SECRET)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    for secret, why in (
        ({}, "and none is set"),
        ({"GRADER_SECRET": OTHER.decode()}, "another secret"),
    ):
        resumed = grader(*arguments, "--resume", cwd=tmp_path, **secret)
        assert resumed.returncode == 1
        assert "run: was graded with" in resumed.stderr
        assert why in resumed.stderr
    assert SECRET not in kept + done.stdout.encode() + done.stderr.encode()
