"""What leaves the toolkit about a submission: does any reader of it obey what a student wrote?"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from rich.console import Console

from grader.grading.journal import sheet_message, write_json
from grader.report.escaping import json_text
from grader.report.feedback import Feedback
from grader.report.gradescope import final_results
from grader.report.page import ReportPage
from grader.report.tables import scores_table
from grader.report.terminal import print_scores, print_sheet
from tests.attacks.hall import Examined

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LIVE = re.compile(r"(?<!\\)(\*\*|!?\[[^\]]*(?<!\\)\]\(|<[A-Za-z/!])")
"""What Markdown makes more of than text, where no backslash stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Something that leaves the toolkit, and what its readers must not find in it.

    Parameters
    ----------
    name
        What it is called.
    text
        Gives what a submission has made of it.
    is_harmless
        Tells whether whoever reads such a text obeys nothing in it.
    """

    name: str
    text: Callable[[Examined], str]
    is_harmless: Callable[[str], bool]


def assert_harmless(examined: Examined) -> None:
    """Check everything that leaves of a submission."""
    for sink in SINKS:
        text = sink.text(examined)
        assert sink.is_harmless(text), f"{sink.name}: {text!r}"


# --- what a reader must not find -------------------------------------------------------------


def is_quiet(text: str) -> bool:
    """Tell whether a text holds nothing that a terminal obeys, but for the ends of its lines."""
    text.encode()
    unwanted = {"Cc", "Cs", "Zl", "Zp"}
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return not any(
        character != "\n"
        and (
            unicodedata.category(character) in unwanted
            or unicodedata.bidirectional(character) in bidi
        )
        for character in text
    )


def has_no_formula(text: str) -> bool:
    """Tell whether no cell of a CSV text is one that a spreadsheet computes."""
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return all(is_quiet(cell) and not cell.lstrip().startswith(_FORMULA) for cell in cells)


def is_plain_json(text: str) -> bool:
    """Tell whether a text is strict JSON whose texts are to be shown as they are.

    Gradescope, among others, makes a page of what says that it is HTML or Markdown.
    """

    def refused(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    def formats(value: object) -> Iterator[object]:
        if isinstance(value, dict):
            yield from (inner for key, inner in value.items() if key.endswith("_format"))
            yield from (found for inner in value.values() for found in formats(inner))
        elif isinstance(value, list):
            yield from (found for inner in value for found in formats(inner))

    try:
        found = list(formats(json.loads(text, parse_constant=refused)))
    except ValueError:
        return False
    return is_quiet(text) and all(form == "text" for form in found)


def has_no_tag(text: str) -> bool:
    """Tell whether an HTML text holds nothing of a student's that acts on a page.

    Our own pages have no scripts, images and links.
    """

    class Reader(HTMLParser):
        found = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found |= tag in ("script", "img", "iframe", "svg", "a")
            self.found |= any(name.startswith("on") for name, _ in attrs)

    reader = Reader()
    reader.feed(text)
    reader.close()
    return is_quiet(text) and not reader.found


def is_text_in_markdown(text: str) -> bool:
    """Tell whether what a Markdown text quotes of a student is no markup there."""
    unquoted = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
    return is_quiet(text) and not _LIVE.search(unquoted)


# --- what leaves -----------------------------------------------------------------------------


def _console() -> Console:
    return Console(file=io.StringIO(), width=200, force_terminal=False)


def shown_to_student(examined: Examined) -> str:
    """Return what ``grader check`` prints."""
    console = _console()
    print_sheet(console, examined.sheet)
    return _text(console)


def shown_to_course(examined: Examined) -> str:
    """Return what ``grader grade`` prints."""
    console = _console()
    rubric = examined.hall.plan(examined.attack.homework).rubric
    print_scores(console, rubric, [examined.sheet])
    return _text(console)


def as_csv(examined: Examined) -> str:
    """Return the table of scores as it is written."""
    items = examined.hall.plan(examined.attack.homework).items
    return scores_table(items, [examined.sheet]).to_csv(index=False, lineterminator="\n")


def as_kept(examined: Examined) -> str:
    """Return the result as it is written."""
    path = examined.hall.run / "kept.json"
    write_json(path, sheet_message(examined.sheet))
    try:
        return path.read_text(encoding="utf-8")
    finally:
        path.unlink()


def for_gradescope(examined: Examined) -> str:
    """Return the results as Gradescope is given them."""
    return json_text(final_results(examined.sheet, 0.0))


def for_graders(examined: Examined) -> str:
    """Return the page for graders, without what is the same on every such page."""
    made = ReportPage(examined.hall.plan(examined.attack.homework).rubric)
    made.add(examined.sheet)
    own = r"<(style|svg)\b.*?</\1>|<script( [^>]*)?>.*?</script>|<a [^>]*href=\"#\w+\">"
    return re.sub(own, "", made.html(), flags=re.DOTALL)


def as_feedback_page(examined: Examined) -> str:
    """Return a student's own page, without its style and its links within itself."""
    made = Feedback(title="Homework", sheet=examined.sheet)
    own = r"<style>.*?</style>|<a href=\"#item-\d+\">"
    return re.sub(own, "", made.html(), flags=re.DOTALL)


def as_feedback_text(examined: Examined) -> str:
    """Return what a student reads in Markdown."""
    return Feedback(title="Homework", sheet=examined.sheet).markdown()


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


SINKS = (
    Sink(name="grader check", text=shown_to_student, is_harmless=is_quiet),
    Sink(name="grader grade", text=shown_to_course, is_harmless=is_quiet),
    Sink(name="scores.csv", text=as_csv, is_harmless=has_no_formula),
    Sink(name="results/<id>.json", text=as_kept, is_harmless=is_plain_json),
    Sink(name="report.html", text=for_graders, is_harmless=has_no_tag),
    Sink(name="feedback/<id>.html", text=as_feedback_page, is_harmless=has_no_tag),
    Sink(name="feedback/<id>.md", text=as_feedback_text, is_harmless=is_text_in_markdown),
    Sink(name="results.json of Gradescope", text=for_gradescope, is_harmless=is_plain_json),
)
"""Everything that leaves; a new report is a line here, an HTML page with ``has_no_tag``."""
