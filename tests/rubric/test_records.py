"""A right rubric becomes the records that it describes."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from grader.records import (
    Case,
    DatasetRef,
    Limits,
    Modules,
    ProblemRef,
    Rubric,
    SourceFile,
    Variant,
    Waiver,
)

Load = Callable[[str], Rubric]
Change = Callable[..., str]
BODY = "    code: |\n      pred = X_test[:, 0] > 0\n"


def test_reads_the_head(load: Load, change: Change) -> None:
    rubric = load(change(("[nndl/net.py]", "[nndl/net.py], stand_in: [matplotlib], flag: [torch]")))

    assert (rubric.id, rubric.title, rubric.seed) == ("demo", "A demonstration", 7)
    assert rubric.modules == Modules(
        expected=("nndl/net.py",), stand_in=("matplotlib",), flag=("torch",)
    )
    assert rubric.limits == Limits()
    assert rubric.starter == ()
    assert rubric.maximum == Decimal("6.5")


def test_reads_a_probe_of_a_problem(load: Load, good: str) -> None:
    probe = load(good).probes["net"]

    assert probe.id == "net"
    assert probe.source == ProblemRef(id="net", options={"layout": "rows"})
    assert probe.cases == (
        Case(name="plain", draws=2, overrides={"reg": 0.0}),
        Case(name="decay", draws=1, overrides={"reg": 0.3}),
    )
    code = "from nndl import net\nloss, grads = net.loss(X, y)\n"
    assert probe.variants == (Variant(name="code", code=code),)
    assert probe.answers == {"loss": "loss", "dW1": "grads['W1']"}


def test_reads_a_probe_of_a_data_set(load: Load, good: str) -> None:
    probe = load(good).probes["fit"]

    assert probe.source == DatasetRef(
        id="blobs", train=10, validation=0, test=5, parameters={"D": 6}
    )
    assert probe.cases == (Case(name="plain", draws=1, overrides={}),)


def test_whole_overrides_stay_whole(load: Load, change: Change) -> None:
    rubric = load(change(("decay: {reg: 0.3}", "decay: {reg: 0.3}, single: {N: 1, reg: 1}")))

    overrides = rubric.probes["net"].cases[2].overrides
    assert overrides == {"N": 1, "reg": 1}
    assert type(overrides["N"]) is int
    assert type(rubric.probes["net"].cases[1].overrides["reg"]) is float


def test_variants_keep_their_order_and_the_fallback_is_last(load: Load, change: Change) -> None:
    variants = "    fallback: pred = 0\n    variants: [{name: lower case, code: pred = 1}, {name: b, code: pred = 2}]\n"

    assert load(change((BODY, variants))).probes["fit"].variants == (
        Variant(name="lower case", code="pred = 1"),
        Variant(name="b", code="pred = 2"),
        Variant(name="fallback", code="pred = 0", fallback=True),
    )


def test_constants_keep_their_types(load: Load, change: Change) -> None:
    given = "    with: {step: 1e-3, n: 3, word: on, flag: true, several: [1, 0.5, [a]]}\n"

    constants = load(change((BODY, BODY + given))).probes["fit"].constants

    assert constants == {
        "step": 0.001, "n": 3, "word": "on", "flag": True, "several": [1, 0.5, ["a"]],
    }  # fmt: skip
    assert type(constants["step"]) is float
    assert type(constants["n"]) is int


def test_reads_items(load: Load, change: Change) -> None:
    extra = "\n    hint: Look closer.\n    visibility: hidden"
    loss, gradient, training = load(change(("answer: loss", "answer: loss" + extra))).items

    assert (loss.id, loss.title, loss.section) == ("loss", "Loss", "")
    assert (loss.check, loss.probe, loss.answers, loss.group) == ("value", "net", ("loss",), None)
    assert loss.case_weights == {"plain": Decimal("0.7"), "decay": Decimal("0.3")}
    assert (loss.hint, loss.visibility) == ("Look closer.", "hidden")
    assert str(gradient.points) == "1.5"
    assert (gradient.case_weights, gradient.answer_weights) == ({}, {})
    assert (loss.parameters, gradient.parameters) == (
        {"stabilised": True},
        {"method": "reference", "precision": "single"},
    )
    assert training.parameters == {"accuracy": 0.9, "zero_at": -1.0}


def test_reads_what_follows_from_earlier_mistakes(load: Load, change: Change) -> None:
    rubric = load(
        change(
            (
                "answers: {loss",
                "loss: loss\n    again: loss, grads = net.loss(X, y)\n    answers: {scores: 2 * loss, loss",
            ),
            ("decay: 0.3}}", "decay: 0.3}, carried: 0.5, given: scores, mutated: 0.75}"),
            ("    answer: loss\n", "    answer: loss\n    stabilised: false\n"),
            ("answer: dW1}", "answer: dW1, method: numeric, credit: {carried: 1}}"),
        )
    )
    net = rubric.probes["net"]
    assert (net.loss, net.again) == ("loss", "loss, grads = net.loss(X, y)")
    loss, gradient, training = rubric.items
    assert (loss.carried, loss.given, loss.mutated) == (
        Decimal("0.5"),
        ("scores",),
        Decimal("0.75"),
    )
    assert loss.parameters == {"stabilised": False}
    assert (gradient.carried, gradient.given, gradient.mutated) == (Decimal(1), (), Decimal(1))
    assert gradient.parameters == {"method": "numeric", "precision": "single"}
    assert (training.carried, training.given) == (Decimal(0), ())


def test_the_name_of_an_answer_as_the_loss_stands_for_its_expression(
    load: Load, change: Change
) -> None:
    rubric = load(change(("answers: {loss: loss,", "loss: dW1\n    answers: {loss: loss,")))
    assert rubric.probes["net"].loss == "grads['W1']"


def test_reads_written_items_waivers_and_a_curve(load: Load, change: Change) -> None:
    rubric = load(
        change(
            (
                "items:\n",
                "waivers:\n  other: {phrase: Not mine, items: [why, lo*]}\nitems:\n  - {id: why, title: Why, points: 2, check: written}\n",
            ),
            ("accuracy: 0.9}", "accuracy: 0.5, zero_at: 0.28}"),
        )
    )
    why, *_, training = rubric.items
    assert (why.check, why.probe, why.answers, why.points) == ("written", "", (), Decimal(2))
    assert rubric.waivers == (Waiver(id="other", phrase="Not mine", items=("why", "lo*")),)
    assert training.parameters == {"accuracy": 0.5, "zero_at": 0.28}


def test_items_of_sections_come_after_free_ones_with_their_heading(load: Load, good: str) -> None:
    item = "{id: more, title: More, points: 1, check: value, probe: net, answer: [loss, dW1], credit: {answers: {loss: 0.25, dW1: 0.75}}}"
    rubric = load(good + f"sections:\n  - id: a\n    title: Part A\n    items:\n      - {item}\n")

    assert [(item.id, item.section) for item in rubric.items][-2:] == [
        ("fit", ""),
        ("more", "Part A"),
    ]
    assert rubric.items[-1].answer_weights == {"loss": Decimal("0.25"), "dW1": Decimal("0.75")}


def test_a_group_accepts_conventions(load: Load, change: Change) -> None:
    group = ("items:\n", "groups:\n  g: {accept: {scaling: [sum, mean], layout: rows}}\nitems:\n")
    rubric = load(change(("answer: dW1}", "answer: dW1, group: g}"), group))

    assert rubric.groups["g"].accept == {"scaling": ("sum", "mean"), "layout": ("rows",)}
    assert rubric.items[1].group == "g"


def test_options_of_the_rubric_stand_under_those_of_a_probe(load: Load, change: Change) -> None:
    rubric = load(change(("seed: 7", "seed: 7\noptions: {layout: columns, penalty: full}")))

    source = rubric.probes["net"].source
    assert isinstance(source, ProblemRef)
    assert source.options == {"layout": "rows", "penalty": "full"}


def test_a_probe_has_its_own_limits_over_those_of_the_rubric(load: Load, change: Change) -> None:
    head = ("seed: 7", "seed: 7\nlimits: {cpu_s: 2.5, total_s: 60}")
    rubric = load(change(head, (BODY, BODY + "    limits: {cpu_s: 20}\n")))

    assert rubric.limits == Limits(cpu_s=2.5, total_s=60.0)
    assert rubric.probes["net"].limits == rubric.limits
    assert rubric.probes["fit"].limits == Limits(cpu_s=20.0, total_s=60.0)


def test_a_rubric_can_be_sent_to_another_process(load: Load, good: str) -> None:
    rubric = load(good)

    assert pickle.loads(pickle.dumps(rubric)) == rubric  # noqa: S301 - our own bytes


@pytest.fixture
def with_starter(folder: Path, change: Change) -> str:
    for name in (
        "net.py",
        "deep/b.py",
        "deep/a.ipynb",
        "data.bin",
        ".hidden/c.py",
        "__pycache__/d.py",
    ):
        path = folder / "starter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    os.symlink("/etc/hostname", folder / "starter" / "link.py")
    return change(("seed: 7", "seed: 7\nstarter: starter/"))


def test_reads_the_modules_and_notebooks_of_the_starter(load: Load, with_starter: str) -> None:
    assert load(with_starter).starter == (
        SourceFile(path="deep/a.ipynb", data=b"deep/a.ipynb"),
        SourceFile(path="deep/b.py", data=b"deep/b.py"),
        SourceFile(path="net.py", data=b"net.py"),
    )


def test_the_digest_changes_with_the_text_and_with_a_starter_file(
    load: Load, folder: Path, with_starter: str
) -> None:
    first = load(with_starter).digest

    assert load(with_starter).digest == first
    assert load(with_starter + "# more\n").digest != first
    (folder / "starter" / "net.py").write_bytes(b"other")
    assert load(with_starter).digest != first


def test_a_starter_file_that_cannot_be_read_is_told(
    with_starter: str,
    folder: Path,
    complaints: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "b.py":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert complaints(with_starter) == [
        "5:10: the starter file 'deep/b.py' cannot be read: Permission denied"
    ]


def test_a_huge_starter_file_is_told(
    with_starter: str, folder: Path, complaints: Callable[[str], list[str]]
) -> None:
    (folder / "starter" / "net.py").write_bytes(b" " * 4_000_001)

    assert complaints(with_starter) == [
        "5:10: the starter file 'net.py' is larger than 4000000 bytes"
    ]


@pytest.mark.parametrize(
    ("head", "own"),
    [
        ("cpu_s: 3, wall_s: 3", "cpu_s: 2"),
        ("cpu_s: 3, wall_s: 5", "cpu_s: 8, wall_s: 8"),
        ("cpu_s: 3", "wall_s: 4"),
        ("wall_s: 10, memory_mb: 256", "output_kb: 1"),
    ],
)
def test_wall_time_that_is_no_less_than_cpu_time_is_right(
    load: Load, change: Change, head: str, own: str
) -> None:
    limits = ("seed: 7", f"seed: 7\nlimits: {{{head}}}")

    load(change(limits, (BODY, BODY + f"    limits: {{{own}}}\n")))
