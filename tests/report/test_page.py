"""The page for graders: what stands on it, and that nothing a student wrote acts there."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from grader.records import Outcome, Person, ScoreSheet, SourceFile
from grader.report.excerpts import Sources, calls_of
from grader.report.page import Material, ReportPage
from grader.report.written import Passage
from tests.attacks.sinks import has_no_tag, is_quiet
from tests.report.made_run import HOSTILE, hostile_sheet, rubric, sheet, verdict


def page_of(sheets: Sequence[ScoreSheet], **given: Any) -> str:
    made = ReportPage(rubric(), **given)
    for one in sheets:
        made.add(one)
    return made.html()


def packed_in(page: str) -> list[dict[str, Any]]:
    """Return what is packed beneath a page, as its script unpacks it."""
    found = re.search(r'<script type="text/plain" id="packed">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return [
        json.loads(zlib.decompress(base64.b64decode(one), -zlib.MAX_WBITS))
        for one in found[1].split("\n")
    ]


def shown_in(page: str) -> str:
    """Return a page without its own style, scripts and picture."""
    return re.sub(r"<(style|script|svg)\b.*?</\1>", "", page, flags=re.DOTALL)


def test_tells_how_many_there_are_and_their_mean_and_median() -> None:
    wrong = verdict(Outcome.WRONG)
    page = page_of([sheet("ana"), sheet("ben"), sheet("cleo", [wrong] * 13)])
    figures = re.findall(r"<dt>([^<]*)</dt><dd>([\d.]+)", page)
    assert figures[:4] == [
        ("Submissions", "3"),
        ("Mean", "33.33"),
        ("Median", "50"),
        ("With open items", "0"),
    ]


def test_every_student_has_a_row_with_points_and_how_each_item_stands() -> None:
    told = [verdict(Outcome.PARTIAL), verdict(Outcome.WRONG), verdict(Outcome.AWAITING_MARK)]
    person = Person(student_id="a7", name="Ana Ruiz", email="ana@x.edu", section="B")
    page = page_of([sheet("amber-fox", told, people=(person,))])
    row = re.search(r"<tr data-o.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert 'data-o="pnoffffffffff"' in row[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row[0])
    assert cells == ["Ana Ruiz", "B", "undecided", "45", "90.0", "2", "1", "0", "◐○?●●●●●●●●●●"]
    assert "ana@x.edu" in row[0]


def test_who_made_the_same_mistake_stands_together() -> None:
    page = page_of(
        [
            sheet("ana", [verdict(Outcome.WRONG, diagnosis="penalty_missing")]),
            sheet("ben", [verdict(Outcome.WRONG, diagnosis="mean_missing")]),
            sheet("cleo", [verdict(Outcome.WRONG, diagnosis="penalty_missing")] * 2),
        ]
    )
    mistakes = re.findall(r'<details class="mistake".*?</details>', page, re.DOTALL)
    assert len(mistakes) == 2
    assert re.findall(r'data-open="\d+">(\w+)<', mistakes[0]) == ["ana", "cleo"]
    assert "penalty missing" in mistakes[0]
    assert "<code>act.tanh</code> <code>act.sigmoid</code>" in mistakes[0]
    assert re.findall(r'data-open="\d+">(\w+)<', mistakes[1]) == ["ben"]


def test_what_is_packed_tells_each_verdict_with_its_evidence_code_and_words() -> None:
    code = b"class NeuralNetwork:\n    def actFun(self, z, type):\n        return z\n"
    sources = Sources([SourceFile(path="three_layer_neural_network.py", data=code)])
    items = rubric().items
    material = Material(
        excerpts={item.id: sources.called(calls_of(item, rubric().probes)) for item in items},
        passages=(Passage(place="hw.ipynb, cell 2", text="Because of **this**."),),
        beside={"act.tanh": (0,)},
        remark="The files have changed.",
    )
    made = ReportPage(rubric())
    made.add(sheet("ana", [verdict(Outcome.WRONG, "so")]), material)
    (told,) = packed_in(made.html())
    assert told["items"][0] == [
        "act.tanh",
        "n",
        "0",
        "wrong",
        "It is wrong. so",
        ["note: so"],
        "Asked on a draw. so\nyours  right\n  1.0    2.0",
        "",
        [["probe/plain/0", "dW1", "wrong", "", "so"]],
        [0],
        [0],
    ]
    assert told["code"] == [
        [
            "three_layer_neural_network.py",
            2,
            "    def actFun(self, z, type):\n        return z",
            False,
        ]
    ]
    assert told["written"] == [["hw.ipynb, cell 2", "Because of **this**."]]
    assert told["remark"] == "The files have changed."


def test_nothing_that_a_student_wrote_acts_on_the_page() -> None:
    hostile = hostile_sheet()
    material = Material(
        excerpts={}, passages=(Passage(place=HOSTILE, text=HOSTILE),), beside={}, remark=HOSTILE
    )
    made = ReportPage(rubric(), facts=[("Seed", HOSTILE)], remarks=[HOSTILE])
    made.add(hostile, material)
    page = made.html()
    assert is_quiet(page)
    shown = re.sub(r'<a (class="skip" )?href="#\w+">', "", shown_in(page))
    assert has_no_tag(shown)
    assert "&lt;/script&gt;&lt;script&gt;" in shown
    # Of the page's own: the items' data, what is packed, and the script.
    assert page.count("</script>") == 3
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in shown
    assert is_quiet(json.dumps(packed_in(page), ensure_ascii=False).replace("\\n", "\n"))


def test_the_page_may_run_its_own_script_alone_and_ask_for_nothing() -> None:
    page = page_of([sheet("ana")])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
    )
    assert "http:" not in page
    assert "https:" not in page


def test_a_title_of_an_item_cannot_end_the_data_of_the_script() -> None:
    items = [*rubric().items]
    items[0] = replace(items[0], title="</script><script>alert(1)</script>")
    page = page_of([sheet("ana", items=items)])
    assert page.count("</script>") == 3
    assert "alert(1)\\u003c/script\\u003e" in page


def test_the_same_sheets_give_the_same_bytes() -> None:
    sheets = [sheet("ana", [verdict(Outcome.WRONG, diagnosis="mean_missing")]), sheet("ben")]
    assert page_of(sheets) == page_of(sheets)


def test_a_fault_of_ours_has_no_total_and_is_counted() -> None:
    page = page_of([sheet("ana", [verdict(Outcome.GRADER_FAULT)]), sheet("ben")])
    assert '<div class="bad"><dt>Grader faults</dt><dd>1</dd></div>' in page
    assert "grader fault</td><td" in page
    assert packed_in(page)[0]["total"] is None


def test_a_row_has_the_status_of_the_scores_table() -> None:
    absent = sheet("ben", [verdict(Outcome.NOT_SUBMITTED)] * 13)
    page = page_of([sheet("ana"), absent, sheet("cleo", [verdict(Outcome.UNSURE)])])
    assert re.findall(r"<td>([a-z ]+)</td><td", page) == ["graded", "not submitted", "undecided"]


def test_only_what_somebody_has_is_a_column() -> None:
    assert 'data-sort="text">Name<' not in page_of([sheet("ana")])
    person = Person(student_id="ana", name="Ana")
    assert 'data-sort="text">Name<' in page_of([sheet("ana", people=(person,)), sheet("ben")])


def test_items_that_students_do_not_see_say_so() -> None:
    items = [replace(item, visibility="hidden") for item in rubric().items]
    assert page_of([sheet("ana", items=items)]).count('<span class="tag">hidden</span>') == 13


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_of_none_or_one_has_a_page(count: int) -> None:
    assert '<h2 id="h-students">' in page_of([sheet("ana")] * count)
