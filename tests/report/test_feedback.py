"""What one student reads: the right words, nothing hidden, and nothing that acts."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from grader.records import Adjustment, LoadReport, Outcome, Person, ScoreSheet, Verdict
from grader.report.feedback import OUTCOMES, Feedback, FileStems, each_alone
from tests.attacks.sinks import has_no_tag, is_quiet, is_text_in_markdown
from tests.report.made_run import hostile_sheet, rubric, sheet, verdict
from tests.scoring import made


def feedback(told: ScoreSheet, is_published: bool = False) -> Feedback:
    return Feedback(title="Homework", sheet=told, is_published=is_published)


def file_stems(names: list[str]) -> list[str]:
    stems = FileStems()
    return [stems.new(name) for name in names]


def lines_of(page: str) -> str:
    """Return the words of a page, its tags and its style left out."""
    without = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", without))


def test_tells_every_item_its_points_and_what_was_wrong_and_why() -> None:
    items = [made.item("q1", "4", hint="Mind the mean."), made.item("q2", "6")]
    wrong = verdict(
        Outcome.WRONG, message="dW is 7 times too large.", details="yours\nTo see it again: …"
    )
    told = feedback(sheet("ana", [wrong], items))
    assert told.markdown() == (
        "# Homework\n"
        "\n"
        "ana\n"
        "\n"
        "6 of 10 points.\n"
        "\n"
        "## Points\n"
        "\n"
        "| Item | | Points | |\n"
        "|---|---|---:|---|\n"
        "| q1 | Title of q1 | 0 of 4 | not right |\n"
        "| q2 | Title of q2 | 6 of 6 | right |\n"
        "\n"
        "## What was found\n"
        "\n"
        "### q1: Title of q1\n"
        "\n"
        "0 of 4: not right\n"
        "\n"
        "dW is 7 times too large.\n"
        "\n"
        "Hint: Mind the mean.\n"
        "\n"
        "```text\n"
        "yours\n"
        "To see it again with your course's kit, where there is one: grader check YOUR_FILES --only q1\n"
        "```\n"
    )
    page = lines_of(told.html())
    for words in ("6 of 10 points.", "dW is 7 times too large.", "Hint: Mind the mean."):
        assert words in page


def test_points_that_nobody_has_decided_are_said_to_be_open() -> None:
    items = [made.item("q1", "4"), made.item("q2", "6")]
    told = feedback(sheet("ana", [verdict(Outcome.AWAITING_MARK)], items))
    assert "\n6 of 10 points so far. 4 are not decided yet: a person looks at them.\n" in (
        told.markdown()
    )
    assert "What was found" not in told.markdown()


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published"])
def test_an_item_that_is_not_shown_has_its_title_and_outcome_alone(visibility: str) -> None:
    items = [made.item("q1", "4", visibility=visibility, hint="The secret hint.")]
    wrong = verdict(Outcome.WRONG, "the secret input 0.123", diagnosis="the_secret_name")
    told = feedback(sheet("ana", [wrong], items))
    for text in (told.markdown(), told.html()):
        assert "Title of q1" in text
        assert "not right" in text
        assert "secret" not in text
        assert "0 of 4" not in text.replace("0 of 4 points", "")
        assert "What was found" not in text


@pytest.mark.parametrize(
    ("visibility", "is_told"),
    [("visible", True), ("after_due_date", True), ("after_published", True), ("hidden", False)],
)
def test_once_grades_are_published_only_hidden_items_stay_hidden(
    visibility: str, is_told: bool
) -> None:
    items = [made.item("q1", "4", visibility=visibility)]
    told = feedback(sheet("ana", [verdict(Outcome.WRONG, "telling")], items), is_published=True)
    assert ("telling" in told.markdown()) is is_told
    assert ("telling" in told.html()) is is_told


def test_what_a_person_wrote_to_a_mark_is_told_even_with_all_points() -> None:
    marked = replace(
        made.verdict(), message="Nicely argued!", notes=("marked by hand; was awaiting_mark",)
    )
    assert "Nicely argued" in feedback(sheet("ana", [marked])).markdown()
    plain = replace(marked, message="Marked by hand.")
    assert "Marked by hand" not in feedback(sheet("ana", [plain])).markdown()


def test_what_could_not_be_loaded_is_told_and_flags_for_graders_are_not() -> None:
    load = LoadReport(
        root="", loaded=(), failures=("net.py:3: SyntaxError",), notes=("a stand-in",), broken={}
    )
    told = replace(sheet("ana", flags=["imports torch"]), load=load)
    for text in (feedback(told).markdown(), feedback(told).html()):
        assert "net.py" in text
        assert "a stand-in" in text
        assert "torch" not in text


def test_a_group_reads_all_of_its_names_and_nobody_reads_an_e_mail_address() -> None:
    people = (
        Person(student_id="a1", name="Ana", email="ana@x.edu"),
        Person(student_id="b2", name="Ben", email="ben@x.edu"),
    )
    told = feedback(sheet("a1", people=people))
    assert "Ana (a1), Ben (b2)" in told.html()
    assert "@" not in told.markdown()


def test_nothing_that_a_student_wrote_acts_in_either() -> None:
    told = feedback(hostile_sheet())
    page = re.sub(r"<style>.*?</style>", "", told.html(), flags=re.DOTALL)
    assert has_no_tag(re.sub(r'<a href="#item-\d+">', "", page))
    assert "&lt;/script&gt;" in page
    assert is_text_in_markdown(told.markdown())
    assert is_quiet(told.markdown())


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES) == set(Outcome)


def test_a_fault_of_ours_is_told_without_a_total() -> None:
    told = feedback(
        sheet("ana", [Verdict(outcome=Outcome.GRADER_FAULT, credit=0, message="Our fault.")])
    )  # type: ignore[arg-type]
    assert "\nNo total yet: the grader itself failed, which costs you no points.\n" in (
        told.markdown()
    )
    assert "Our fault." in told.markdown()


def test_the_rubrics_own_words_are_used() -> None:
    assert "Derivative of tanh" in feedback(sheet("ana", items=rubric().items)).markdown()


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a/b", "a\\b", "..", ".", "", ".hidden", "con", "NUL.txt", "com1",
     "a" * 300, "a:b", "a\x00b", "\ud800", "ünï", "trailing.", "trailing ", "a\nb"],
)  # fmt: skip
def test_a_name_that_is_no_safe_name_of_a_file_becomes_one(name: str) -> None:
    (stem,) = file_stems([name])
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}", stem)
    assert stem != name
    assert not stem.endswith(".")
    assert stem.partition(".")[0].lower() not in {"con", "nul", "com1"}


def test_names_that_agree_but_for_their_case_or_after_cleaning_stay_apart() -> None:
    stems = file_stems(["Ana", "ana", "a/na", "a-na", "ANA"])
    assert stems[0] == "Ana"
    assert len({stem.casefold() for stem in stems}) == 5


def test_a_safe_name_stays_as_it_is() -> None:
    assert file_stems(["amber-fox", "s1234.v2"]) == ["amber-fox", "s1234.v2"]


def test_what_was_taken_off_one_of_a_group_is_told_to_that_one_alone() -> None:
    people = (Person(student_id="a1"), Person(student_id="b2"))
    taken = (
        Adjustment(kind="late", points=Decimal(-5), reason="2 days late"),
        Adjustment(kind="adjust", points=Decimal("1.50"), reason="helped others", student="b2"),
    )
    told = replace(sheet("pair", people=people), adjustments=taken)
    first, second = (feedback(one).markdown() for one in each_alone(told))
    assert "45 of 50 points." in first
    assert "Adjusted: late -5: 2 days late" in first
    assert "helped" not in first
    assert "46.5 of 50 points." in second
    assert "Adjusted: adjust +1.5: helped others" in second
    assert [one.submission for one in each_alone(told)] == ["pair-a1", "pair-b2"]
    common = replace(told, adjustments=taken[:1])
    assert each_alone(common) == [common]
