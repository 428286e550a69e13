"""What ``grader rubric lint`` proves of a rubric, and what it complains about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading.advice import advice
from grader.grading.linting import Proof, lint
from grader.grading.mistakes import Trial, trials
from grader.grading.plan import make_plan
from grader.rubric import load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from grader.rubric.outline import Outline
from tests.cli.command import ROOT, grader
from tests.grading.classroom import HEAD, RIGHT, STARTER, TANH, put, write_rubric

HALF = RIGHT.replace("dout * (1 - np.tanh(z) ** 2)", "dout / np.cosh(z)")
"""Right forward, wrong backward."""
TABLE = """\
student,out,dz,total,reason
bold-otter,4,6,10,"Right."
calm-tern,4,0,4,"Wrong backwards: 6 points."
"""


def rubric_in(
    folder: Path,
    rubric: str = TANH,
    starter: Mapping[str, str] = STARTER,
    table: str = "",
    **examples: str,
) -> Path:
    """Write a rubric with its examples, as they lie in a course's folder; return its file."""
    home = write_rubric(folder / "rubrics", rubric, starter)
    samples = folder / "submissions_example" / "tiny"
    for name, source in examples.items():
        put(samples / name.replace("_", "-") / "act.py", source)
    if table:
        put(samples / "expected.csv", table)
    return home / "rubric.yaml"


def results(proof: Proof) -> dict[str, str]:
    return {step.name: step.result for step in proof.steps}


def errors(proof: Proof) -> list[str]:
    """Return the errors as ``file:line: message``, without the folders."""
    return [f"{Path(e.file).name}:{e.line}: {e.message}" for e in proof.errors]


# --- what is proved --------------------------------------------------------------------------


def test_a_rubric_holds_whose_starter_solutions_and_examples_are_as_they_should_be(
    tmp_path: Path,
) -> None:
    file = rubric_in(tmp_path, table=TABLE, bold_otter=RIGHT, calm_tern=HALF)

    proof = lint(file)

    assert proof.holds
    assert results(proof) == dict.fromkeys(
        ["reads", "inputs", "mistakes", "starter", "solutions", "examples", "advice"], "ok"
    )
    details = {step.name: step.detail for step in proof.steps}
    assert details["inputs"] == "4 draws of 2 probes certified"
    assert details["solutions"] == "1 solution with full marks"
    assert details["examples"] == "2 examples as expected"


def test_a_rubric_with_mistakes_is_told_of_them_and_nothing_is_run(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, TANH.replace("check: value", "check: valu"))

    proof = lint(file)

    assert results(proof) == {"reads": "failed"}
    line = TANH[: TANH.index("check: value")].count("\n") + 1
    assert errors(proof) == [f"rubric.yaml:{line}: check cannot be 'valu'; did you mean 'value'?"]


def test_a_case_whose_inputs_cannot_be_certified_is_named_at_its_line(tmp_path: Path) -> None:
    saturated = TANH.replace("plain: {draws: 2}", "plain: {draws: 2}, hot: {scale: 1000000.0}", 1)
    file = rubric_in(tmp_path, saturated)

    proof = lint(file)

    assert results(proof) == {"reads": "ok", "inputs": "failed"}
    (error,) = errors(proof)
    line = saturated[: saturated.index("hot:")].count("\n") + 1
    assert error.startswith(f"rubric.yaml:{line}: probe out, case hot: no inputs can be certified")


CHOSEN = TANH.replace(
    "probes:\n", 'options: {year: {default: "2021", choices: ["2015", "2021"]}}\nprobes:\n'
).replace(
    "items:\n",
    """\
  old:
    only: {year: "2015"}
    problem: tanh
    cases: {hot: {scale: 2.0}}
    code: |
      from act import forward
      out = forward(z)
    answers: {out: out}
items:
  - {id: old, title: Old, points: 5, check: value, probe: old, answer: out, hint: x, only: {year: "2015"}}
""",
)


def test_inputs_of_every_choice_are_certified(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, CHOSEN.replace("scale: 2.0", "scale: 1000000.0"))

    (error,) = errors(lint(file))

    assert "probe old, case hot: no inputs can be certified" in error
    assert error.endswith("(where year is 2015)")


def test_examples_of_another_choice_are_proved_too(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, CHOSEN, table=TABLE, bold_otter=RIGHT, calm_tern=HALF)
    other = tmp_path / "submissions_example" / "tiny@year=2015"
    put(other / "bold-otter" / "act.py", RIGHT)
    put(other / "expected.csv", "student,old,out,dz,total,reason\nbold-otter,4,4,6,14,Not so.\n")

    proof = lint(file)

    assert results(proof)["examples"] == "ok"
    assert results(proof)["examples of year=2015"] == "failed"
    assert any("old has 5, not 4" in error for error in errors(proof))
    chosen = Choice(option="year", choice="2015", source="--option")
    again = lint(file, selection=Selection(choices=(chosen,)))
    assert results(again)["examples"] == "failed"


def test_items_that_the_untouched_starter_earns_are_listed(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, starter={"act.py": RIGHT})

    proof = lint(file)

    assert results(proof)["starter"] == "failed"
    first, second = errors(proof)
    assert "item out: the untouched starter earns 4 of 4 points here" in first
    assert "item dz: the untouched starter earns 6 of 6 points here" in second


def test_a_starter_that_does_not_load_is_an_error(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, starter={"act.py": "def forward(z:\n    pass\n"})

    proof = lint(file)

    assert results(proof)["starter"] == "failed"
    assert "the starter does not load: act.py:1" in errors(proof)[0]


def test_a_solution_without_full_marks_is_an_error_at_the_items_line(tmp_path: Path) -> None:
    file = rubric_in(tmp_path)
    solution = put(tmp_path / "solution" / "act.py", HALF)

    proof = lint(file, solution)

    assert results(proof)["solutions"] == "failed"
    (error,) = errors(proof)
    line = TANH[: TANH.index("{id: dz")].count("\n") + 1
    assert error.startswith(f"rubric.yaml:{line}: item dz: the solution {solution} has 0 of 6 here")


def test_a_right_solution_proves_that_full_marks_can_be_had(tmp_path: Path) -> None:
    file = rubric_in(tmp_path)
    put(tmp_path / "solution" / "act.py", RIGHT)

    proof = lint(file, tmp_path / "solution")

    assert proof.holds
    assert results(proof)["solutions"] == "ok"
    assert results(proof)["examples"] == "skipped"


def test_an_example_with_other_points_is_an_error_at_its_row(tmp_path: Path) -> None:
    table = TABLE.replace("calm-tern,4,0,4", "calm-tern,4,3,7")
    file = rubric_in(tmp_path, table=table, bold_otter=RIGHT, calm_tern=HALF)

    proof = lint(file)

    assert results(proof)["examples"] == "failed"
    item, total = errors(proof)
    assert item.startswith("expected.csv:3: calm-tern: dz has 0, not 3 (wrong): ")
    assert total == "expected.csv:3: calm-tern: the total is 4, not 7"


def test_rows_and_folders_of_examples_must_belong_together(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, table=TABLE, bold_otter=RIGHT, stray_finch=HALF)

    found = errors(lint(file))

    assert any("expected.csv:3: " in e and "calm-tern: no such file" in e for e in found), found
    assert "expected.csv:0: the folder stray-finch has no row" in found


def test_columns_that_are_not_the_items_are_an_error(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, table=TABLE.replace(",dz,", ",dx,"), bold_otter=RIGHT)

    (error,) = errors(lint(file))

    told = "its columns must be the rubric's items: student,out,dz,total,reason"
    assert error == f"expected.csv:1: {told}"


def test_what_cannot_be_proved_is_a_warning(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, TANH.replace("starter: starter/\n", ""))

    proof = lint(file)

    assert proof.holds
    skipped = [name for name, result in results(proof).items() if result == "skipped"]
    assert skipped == ["starter", "solutions", "examples"]
    told = " ".join(warning.message for warning in proof.warnings)
    for part in ("there is no starter", "no right solution is known", "there are no examples"):
        assert part in told


def test_a_written_item_is_left_to_a_person(tmp_path: Path) -> None:
    rubric = TANH + '  - {id: why, title: "Why", points: 2, check: written}\n'
    table = TABLE.replace("dz,total", "dz,why,total").replace(",6,10,", ",6,,10,")
    table = table.replace(",0,4,", ",0,,4,")
    file = rubric_in(tmp_path, rubric, table=table, bold_otter=RIGHT, calm_tern=HALF)

    proof = lint(file)

    assert proof.holds, errors(proof)
    assert results(proof)["solutions"] == "ok"


def test_a_solution_that_is_not_there_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        lint(rubric_in(tmp_path), tmp_path / "nowhere")


# --- advice ----------------------------------------------------------------------------------


def warnings_about(folder: Path, rubric: str) -> list[str]:
    """Return the warnings about a rubric of which nothing is run."""
    file = write_rubric(folder, rubric) / "rubric.yaml"
    plan = make_plan(load_rubric(file))
    return [f"{w.line}: {w.message}" for w in advice(plan, Outline.of(file), {"only"})]


def probing(problem: str, cases: str, item: str) -> str:
    """Return a rubric with one probe and one item."""
    return (
        HEAD
        + f"""\
probes:
  net:
    problem: {problem}
    cases: {cases}
    code: |
      from act import everything
      found = everything(**locals())
    answers: {{loss: "found[0]", dW1: "found[1]"}}
items:
  - {{id: only, title: "Only", points: 4, probe: net, {item}}}
"""
    )


GRADIENT = "check: gradient, answer: dW1, hint: Think."
PROBE_LINE = HEAD.count("\n") + 2


def test_an_answer_that_no_item_uses_is_told(tmp_path: Path) -> None:
    rubric = probing("sigmoid_mlp", "{plain: {}}", GRADIENT)

    told = warnings_about(tmp_path, rubric)

    assert told == [f"{PROBE_LINE}: probe net: no item uses the answer loss"]


@pytest.mark.parametrize(
    ("use", "change"),
    [
        ("given", ("hint: Think.", "hint: Think., credit: {carried: 0.5, given: [x1]}")),
        ("loss", ("    answers: {loss:", "    loss: loss\n    answers: {loss:")),
    ],
)
def test_an_answer_that_is_given_or_is_the_loss_is_used(
    tmp_path: Path, use: str, change: tuple[str, str]
) -> None:
    rubric = probing("sigmoid_mlp", "{plain: {}}", GRADIENT).replace(*change)
    if use == "given":
        rubric = rubric.replace("{loss:", "{x1:")

    assert warnings_about(tmp_path, rubric) == []


def test_gradients_that_are_tried_on_square_matrices_alone_are_told(tmp_path: Path) -> None:
    rubric = probing("sigmoid_mlp", "{square: {}}", GRADIENT)

    told = warnings_about(tmp_path, rubric)

    message = "in no case are all sizes different (C, D, K): a transposed gradient may pass"
    assert f"{PROBE_LINE}: probe net: {message}" in told


def test_gradients_that_are_never_tried_on_one_example_are_told(tmp_path: Path) -> None:
    with_batch = probing("two_layer_net", "{plain: {reg: 0.0}}", GRADIENT)
    with_one = probing("two_layer_net", "{plain: {reg: 0.0}, single: {reg: 0.0}}", GRADIENT)

    told = "no case has the size N at 1: one example alone is not tried"
    assert f"{PROBE_LINE}: probe net: {told}" in warnings_about(tmp_path / "a", with_batch)
    assert not any("one example alone" in t for t in warnings_about(tmp_path / "b", with_one))


def test_an_input_that_is_always_zero_is_told(tmp_path: Path) -> None:
    rubric = probing("backprop_by_hand", "{published: {}}", GRADIENT)

    told = warnings_about(tmp_path, rubric)

    message = "the input b1 is 0 in every draw: forgetting it costs nothing"
    assert f"{PROBE_LINE}: probe net: {message}" in told


LAYER = """\
probes:
  net:
    problem: batchnorm
    cases: CASES
    code: |
      from act import normalise
      running_mean = running_mean + 0
      out = normalise(CODE)
    answers: {out: out}
items:
  - {id: only, title: "Only", points: 4, probe: net, check: value, answer: out, hint: Think.}
"""


@pytest.mark.parametrize(
    ("cases", "code", "is_told"),
    [
        ("{plain: {}, square: {}}", "x, gamma, beta", True),
        ("{plain: {}, square: {eps: 1e-5}}", "x, gamma, beta", True),
        ("{plain: {}, square: {}}", "x, gamma, beta, eps", False),
        ("{plain: {eps: 1e-5}, square: {eps: 1e-5}}", "x, gamma, beta", False),
        ("{plain: {}, square: {}}", "**locals()", False),
    ],
)
def test_an_input_that_is_not_handed_in_although_an_answer_depends_on_it_is_told(
    tmp_path: Path, cases: str, code: str, is_told: bool
) -> None:
    told = warnings_about(tmp_path, HEAD + LAYER.replace("CASES", cases).replace("CODE", code))

    message = (
        "probe net: the code does not read eps, on which out depends: whoever has another value "
        "is wrong; hand it in, or set it in each case"
    )
    assert told == ([f"{PROBE_LINE}: {message}"] if is_told else [])


def test_values_may_be_tried_on_fixed_numbers(tmp_path: Path) -> None:
    item = "check: value, answer: [loss, dW1], hint: Think."
    rubric = probing("backprop_by_hand", "{published: {}}", item)

    assert warnings_about(tmp_path, rubric) == []


def test_items_without_a_hint_and_hidden_ones_are_told(tmp_path: Path) -> None:
    item = "check: gradient, answer: dW1, visibility: hidden"
    rubric = probing("sigmoid_mlp", "{plain: {}}", item)

    told = warnings_about(tmp_path, rubric)

    assert any(t.endswith("item only: there is no hint for the item only") for t in told)
    assert any("students are never told what was found of the item only" in t for t in told)


def test_an_item_that_nothing_is_known_to_lose_is_told(tmp_path: Path) -> None:
    file = write_rubric(tmp_path, TANH) / "rubric.yaml"
    plan = make_plan(load_rubric(file))

    told = [warning.message for warning in advice(plan, Outline.of(file), {"dz"})]

    message = "no known mistake and no example loses the item out: nothing shows that anybody can"
    assert f"item out: {message}" in told


# --- known mistakes --------------------------------------------------------------------------


def tried(folder: Path, rubric: str) -> list[Trial]:
    """Return what the known mistakes come to, without running anything."""
    return list(trials(make_plan(load_rubric(write_rubric(folder, rubric)))))


def test_a_known_mistake_that_no_case_shows_is_named(tmp_path: Path) -> None:
    (blind,) = tried(tmp_path / "a", probing("two_layer_net", "{plain: {reg: 0.0}}", GRADIENT))
    cases = "{plain: {reg: 0.0}, decay: {reg: 0.3}}"
    (sighted,) = tried(tmp_path / "b", probing("two_layer_net", cases, GRADIENT))

    assert blind.free["part_missing:penalty"] == "the part “penalty” is left out"
    assert "the weights of the first layer are not penalised" in blind.free.values()
    assert sighted.tried == blind.tried
    assert not sighted.free
    assert sighted.lost == {"only"}


def test_what_an_accepted_convention_makes_right_is_no_mistake(tmp_path: Path) -> None:
    grouped = GRADIENT + ", group: scaling"
    cases = "{plain: {}, single: {}}"
    rubric = probing("{id: moons_net, penalty: absent}", cases, grouped)
    groups = "groups:\n  scaling: {accept: {scaling: [mean, sum]}}\n"

    (trial,) = tried(tmp_path, rubric + groups)

    key = "mean_missing:scaling=sum"
    assert key in trial.tried
    assert key not in trial.free


def test_a_mistake_that_is_carried_counts_where_it_is_made(tmp_path: Path) -> None:
    item = "check: gradient, answer: delta1, hint: Think., credit: {carried: 1, given: [delta2]}"
    rubric = probing("sigmoid_mlp", "{plain: {draws: 2}}", item)
    rubric = rubric.replace('{loss: "found[0]", dW1:', '{delta2: "found[0]", delta1:')
    both = rubric + (
        '  - {id: first, title: "First", points: 1, probe: net, check: gradient, answer: delta2}\n'
    )

    (alone,) = tried(tmp_path / "a", rubric)
    (together,) = tried(tmp_path / "b", both)

    assert "target_missing" in alone.free
    assert "target_missing" in together.tried
    assert "target_missing" not in together.free


@pytest.mark.parametrize(
    "name", ["autoencoder", "backprop-by-hand", "elec576-a1", "gplvm", "rbm", "sigmoid-mlp"]
)
def test_no_known_mistake_has_full_marks_by_a_rubric_that_ships(name: str) -> None:
    plan = make_plan(load_rubric(ROOT / "rubrics" / name))

    found = list(trials(plan))

    assert sum(len(trial.tried) for trial in found) > 10
    assert [dict(trial.free) for trial in found if trial.free] == []


# --- the command -----------------------------------------------------------------------------


def test_the_command_exits_with_0_and_prints_a_table(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, table=TABLE, bold_otter=RIGHT, calm_tern=HALF)

    done = grader("rubric", "lint", file.parent)

    assert (done.returncode, done.stderr) == (0, "")
    for text in ("certified", "loads, and earns no points", f"{file}:", "warning: item out: there"):
        assert text in done.stdout


def test_the_command_exits_with_1_where_a_rubric_does_not_hold(tmp_path: Path) -> None:
    file = rubric_in(tmp_path, starter={"act.py": RIGHT})

    done = grader("rubric", "lint", file.parent)

    assert done.returncode == 1
    assert "error: item dz: the untouched starter earns 6 of 6 points here" in done.stdout


def test_the_command_proves_each_of_several_rubrics(tmp_path: Path) -> None:
    rubric_in(tmp_path)
    put(tmp_path / "rubrics" / "broken" / "rubric.yaml", "schema: 1\n")
    ours = ("autoencoder", "tiny", "broken")

    done = grader("rubric", "lint", *ours, GRADER_RUBRICS=str(tmp_path / "rubrics"))

    assert done.returncode == 1
    for name in ours:
        assert f"{name}/rubric.yaml" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the rubrics to prove, or all of them with --all"),
        (("gplvm", "--all"), "name the rubrics to prove, or all of them with --all"),
        (("gplvm", "rbm", "--solution", "."), "--solution goes with one rubric"),
    ],
)
def test_a_wrong_use_of_the_command_is_told(arguments: tuple[str, ...], told: str) -> None:
    done = grader("rubric", "lint", *arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
