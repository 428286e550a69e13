"""The page for graders in a browser: sort, search, open a student, with the keyboard and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.reporting import Report
from grader.grading.rescoring import open_old_run
from grader.records import Outcome, Person
from tests.browser.chromium import MISSING, Chromium, found_chromium
from tests.report.made_run import HOSTILE, hostile_sheet, rubric, sheet, verdict, write

pytestmark = pytest.mark.skipif(found_chromium() is None, reason=MISSING)

NAMES = "Array.from(document.querySelectorAll('#table tbody tr:not([hidden]) th button')).map(one => one.textContent)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of four, one of them hostile."""
    wrong = verdict(Outcome.WRONG, "so", diagnosis="penalty_missing")
    ben = Person(student_id="ben", name="Benedikt Zäh", email="ben@x.edu", section="B")
    sheets = [
        sheet("ana", [wrong] * 2),
        sheet("ben", people=(ben,), flags=["was late"]),
        sheet("cleo", [wrong, verdict(Outcome.AWAITING_MARK)]),
        replace(hostile_sheet(), total=rubric().maximum),
    ]
    run = write(tmp_path_factory.mktemp("report") / "run", sheets)
    made = Report(run=open_old_run(run), rubric=rubric(), output=run)
    made.write_page()
    made.write_feedback()
    return run


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with Chromium() as started:
        yield started


@pytest.fixture
def page(chromium: Chromium, folder: Path) -> Chromium:
    """The page, freshly loaded."""
    chromium.look_like()
    chromium.open(folder / "report.html")
    return chromium


def opened(page: Chromium) -> str:
    """Wait for a student's details and return all of their text."""
    page.until("document.querySelector('dialog').open && document.querySelector('#body .item')")
    return str(page.run("document.querySelector('dialog').innerText"))


def test_sorts_by_a_column_both_ways_and_says_so(page: Chromium) -> None:
    header = "#table th:nth-of-type(1)"
    page.click(f"{header} button")
    names = page.run(NAMES)
    assert names == sorted(names, key=str.casefold)
    assert page.run(f"document.querySelector('{header}').ariaSort") == "ascending"
    assert (
        page.run("document.querySelector('#shown').textContent") == "Sorted by Student, ascending."
    )
    page.click(f"{header} button")
    assert page.run(NAMES) == names[::-1]
    assert page.run("document.querySelectorAll('[aria-sort]').length") == 1


def test_numbers_are_sorted_as_numbers_with_nothing_last(page: Chromium) -> None:
    page.click("#table th[data-sort=number] button")
    points = page.run(
        "Array.from(document.querySelectorAll('#table tbody tr')).map(one => one.cells[4].textContent)"
    )
    assert points == sorted(points, key=float, reverse=True)


def test_searches_names_mistakes_and_notes_and_counts_who_is_left(page: Chromium) -> None:
    page.click("#search")
    for words, names in {
        "zäh": ["ben"],
        "PENALTY missing": ["ana", "cleo"],
        "late": ["ben"],
        "nobody": [],
    }.items():
        page.run("document.querySelector('#search').value = ''")
        page.type(words)
        found = [name for name in page.run(NAMES) if not name.startswith("id ")]
        assert found == names
    assert page.run("document.querySelector('#shown').textContent") == "0 of 4 shown"


def test_shows_who_lost_points_in_an_item(page: Chromium) -> None:
    choose = (
        "for (const [id, value] of [['item', '1'], ['stand', 'pn']]) "
        "{ const one = document.getElementById(id); one.value = value; "
        "one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.run(choose)
    assert page.run(NAMES) == ["ana"]
    page.click("button[type=reset]")
    page.until(f"{NAMES}.length === 4")


def test_opens_a_student_by_keyboard_and_gives_the_focus_back(page: Chromium) -> None:
    page.run("document.querySelector('#table tbody button').focus()")
    page.press("Enter")
    text = opened(page)
    assert "ana" in text
    assert "It is wrong. so" in text
    assert page.run("document.activeElement.id") == "who"
    page.press("Tab")
    assert page.run("document.activeElement.id") == "next"
    page.press("Enter")
    page.until("document.querySelector('#who').textContent === 'ben'")
    assert "Benedikt Zäh · ben · ben@x.edu · section B" in opened(page)
    page.press("Escape")
    page.until("!document.querySelector('dialog').open")
    assert page.run("document.activeElement.textContent") == "ana"


def test_a_student_opens_from_the_mistake_that_they_made(page: Chromium) -> None:
    page.click(".mistake [data-open='2']")
    assert "cleo" in opened(page)


def test_the_keyboard_reaches_the_controls_and_shows_where_it_is(page: Chromium) -> None:
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    reached = set()
    for _ in range(60):
        page.press("Tab")
        reached.add(page.run("document.activeElement.id || document.activeElement.className"))
    assert {"search", "item", "stand", "sort", "link", "scroll"} <= reached


def test_on_paper_there_are_no_controls_and_an_open_student_stands_alone(
    page: Chromium, tmp_path: Path
) -> None:
    page.look_like(media="print")
    shown = "getComputedStyle(document.querySelector('{}')).display"
    assert page.run(shown.format(".controls")) == "none"
    assert page.run(shown.format("#table")) == "table"
    page.look_like()
    page.click("#table tbody button")
    opened(page)
    page.look_like(media="print")
    assert page.run(shown.format("main")) == "none"
    assert page.run(shown.format("dialog")) == "block"
    assert page.run(shown.format(".tools")) == "none"
    assert page.printed(tmp_path / "student.pdf") > 10_000


def test_what_a_hostile_student_wrote_is_shown_as_text_and_nothing_is_asked_for(
    page: Chromium,
) -> None:
    page.click("#table tbody tr:nth-child(4) button")
    text = opened(page)
    assert HOSTILE[:60] in text
    assert page.run("document.title").endswith("– report")
    assert page.run("document.querySelectorAll('img, iframe, a[href^=javascript]').length") == 0
    assert page.complaints() == []


def test_a_narrow_window_is_never_wider_than_itself(page: Chromium) -> None:
    for width in (360, 1280):
        page.look_like(width=width)
        assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_enough(page: Chromium, scheme: str) -> None:
    """WCAG 2.1, success criterion 1.4.3: at least 4.5 to 1, by its own formula of luminance."""
    page.look_like(scheme)
    ratios = page.run(
        """(() => {
          const parts = (c) => c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
            const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
          const light = (c) => { const [r, g, b] = parts(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = (e) => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor; if (!c.startsWith('rgba(0, 0, 0, 0')) return c; } };
          return Object.fromEntries(['h1', '.privacy', '.quiet', '.link', 'nav a', '.kind', 'td.n', '.sort', 'dt', 'code', '.strip'].map((name) => {
            const e = document.querySelector(name); const a = light(getComputedStyle(e).color), b = light(behind(e));
            return [name, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]; }));
        })()"""
    )
    assert {name: ratio for name, ratio in ratios.items() if not ratio >= 4.5} == {}


def test_without_a_script_the_page_still_tells_the_class(chromium: Chromium, folder: Path) -> None:
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chromium.open(folder / "report.html")
    finally:
        chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    assert chromium.run("getComputedStyle(document.querySelector('.controls')).display") == "none"
    assert "Searching, sorting" in chromium.run("document.body.innerText")
    assert chromium.run(f"{NAMES}.length") == 4


def test_feedback_is_a_page_that_asks_for_nothing(chromium: Chromium, folder: Path) -> None:
    chromium.look_like()
    chromium.open(folder / "feedback" / "hostile.html")
    assert HOSTILE[:60] in chromium.run("document.body.innerText")
    assert chromium.run("document.querySelectorAll('script, img').length") == 0
    assert chromium.complaints() == []
    chromium.look_like(width=360)
    assert chromium.run("document.documentElement.scrollWidth") <= 360
