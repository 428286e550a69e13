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

from grader.gradebook.filling import Request
from grader.gradebook.gradescope import fill
from grader.gradebook.scores import read_scores
from grader.gradebook.table import write_table
from grader.grading.journal import sheet_message, write_json
from grader.report.escaping import (
    csv_text,
    html_text,
    json_text,
    markdown_block,
    markdown_text,
    plain_text,
    terminal_text,
)
from grader.report.gradescope import final_results
from grader.report.item_tables import diagnoses_table, items_table
from grader.report.marks import RowToMark, marks_csv
from grader.report.tables import scores_table
from grader.report.terminal import print_scores, print_sheet
from tests.attacks.hall import Examined

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u3164\ufe00\ufe0f\uffa0\U000e0100")
"""Letters without a shape that are no formats by their category."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How a text gets into what leaves, whoever wrote it.

    Parameters
    ----------
    name
        What it is written into.
    written
        Gives what a text becomes there, with what belongs around it.
    is_harmless
        As for a sink.
    """

    name: str
    written: Callable[[str], str]
    is_harmless: Callable[[str], bool]


def assert_harmless(examined: Examined) -> None:
    """Check everything that leaves of a submission."""
    for sink in SINKS:
        text = sink.text(examined)
        assert sink.is_harmless(text), f"{sink.name}: {text!r}"


# --- what a reader must not find -------------------------------------------------------------


def is_quiet(text: str) -> bool:
    """Tell whether a text holds nothing that a terminal obeys, but for the ends of its lines.

    Nor anything that nobody would see.
    """
    text.encode()
    unwanted = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return not any(
        character != "\n"
        and (
            unicodedata.category(character) in unwanted
            or unicodedata.bidirectional(character) in bidi
            or character in _UNSEEN
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


def by_item(examined: Examined) -> str:
    """Return the tables of items and of mistakes as they are written."""
    items = examined.hall.plan(examined.attack.homework).items
    tables = [table(items, [examined.sheet]) for table in (items_table, diagnoses_table)]
    return "".join(table.to_csv(index=False, lineterminator="\n") for table in tables)


def to_mark(examined: Examined) -> str:
    """Return a table in which marks are filled in."""
    return marks_csv(
        RowToMark(
            student=person.student_id,
            item=score.item.id,
            title=score.item.title,
            maximum=score.item.points,
            comment=score.verdict.message,
        )
        for person in examined.sheet.people
        for score in examined.sheet.scores
    )


def as_grades(examined: Examined) -> str:
    """Return the grades as Gradescope has them, made of the result that is kept."""
    run = examined.hall.run / "grades"
    (run / "results").mkdir(parents=True, exist_ok=True)
    path, output = run / "results" / "kept.json", run / "grades.csv"
    write_json(path, sheet_message(examined.sheet))
    items = {
        score.item.id: (score.item.title, score.item.points) for score in examined.sheet.scores
    }
    filled = fill(Request(scores=read_scores(run), items=items))
    write_table(output, filled.head, filled.rows, filled.style)
    try:
        return output.read_text(encoding="utf-8")
    finally:
        path.unlink()


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


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


SINKS = (
    Sink(name="grader check", text=shown_to_student, is_harmless=is_quiet),
    Sink(name="grader grade", text=shown_to_course, is_harmless=is_quiet),
    Sink(name="scores.csv", text=as_csv, is_harmless=has_no_formula),
    Sink(name="items.csv and diagnoses.csv", text=by_item, is_harmless=has_no_formula),
    Sink(name="grader marks template", text=to_mark, is_harmless=has_no_formula),
    Sink(name="grader gradebook", text=as_grades, is_harmless=has_no_formula),
    Sink(name="results/<id>.json", text=as_kept, is_harmless=is_plain_json),
    Sink(name="results.json of Gradescope", text=for_gradescope, is_harmless=is_plain_json),
)
"""Everything that leaves; a new report is a line here, an HTML page with ``has_no_tag``."""


# --- how texts get there ---------------------------------------------------------------------


def _as_row(text: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow([csv_text(text), "1"])
    return stream.getvalue()


def _as_element(text: str) -> str:
    return f'<p title="{html_text(text)}">{html_text(text)}</p>'


WRITERS = (
    Writer(name="terminal", written=terminal_text, is_harmless=is_quiet),
    Writer(name="plain text", written=plain_text, is_harmless=is_quiet),
    Writer(name="CSV", written=_as_row, is_harmless=has_no_formula),
    Writer(
        name="JSON",
        written=lambda text: json_text({"output": text, "output_format": "text"}),
        is_harmless=is_plain_json,
    ),
    Writer(name="HTML", written=_as_element, is_harmless=has_no_tag),
    Writer(name="Markdown", written=markdown_text, is_harmless=is_text_in_markdown),
    Writer(name="block of Markdown", written=markdown_block, is_harmless=is_text_in_markdown),
)
"""One for each function of ``grader.report.escaping`` that makes a text harmless."""

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "end of an attribute": '" onmouseover="alert(1)',
    "end of another attribute": "' onmouseover='alert(1)",
    "address": "<a href='javascript:alert(1)'>x</a>",
    "entity": "&lt;script&gt;&#60;b&#62;",
    "comment": "--><!-- ]]> <!",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind blanks": " \t\r\n+1+1",
    "formula behind what nobody sees": "\u200b\u2060\ufeff=1+1",
    "formula of wide signs": "＝1+1",
    "formula in the next cell": "a;@SUM(A1)",
    "formula behind a quote": '",=1+1',
    "clearing the screen": "\x1b[2J",
    "title of the window": "\x1b]0;owned\x07",
    "address of the terminal": "\x1b]8;;http://localhost\x07x\x1b]8;;\x07",
    "controls of eight bits": "\x9b31m\x85\x90",
    "written over": "wrong\rright\b\b",
    "other lines": "a\u2028b\u2029c\x0bd\x0ce",
    "turned direction": "\u202etxt.exe\u2066x\u200f",
    "letters that nobody sees": "a\u200bb\u200cc\u200dd\u2060e\u00adf\ufe0fg\u3164h",
    "tags": "x\U000e0041\U000e007f\U000e0100",
    "halves of letters": "\ud800\udcff",
    "nothing": "\0",
    "strong": "**x** __y__ ~~z~~",
    "link": "[x](javascript:alert(1))",
    "image of Markdown": "![x](http://localhost/x)",
    "reference": "[x]: http://localhost 'x'",
    "address in angles": "<http://localhost>",
    "end of the code": "`x` ``` ```` \n```\n<b>",
    "heading": "# x\n===\n---",
    "list": "1. x\n- y\n+ z\n> q",
    "row of a table": "a | b\n--|--\n",
    "attributes of Markdown": "x {: onclick=alert(1)}",
    "formula of TeX": "$\\\\input{/etc/passwd}$ \\\\(x\\\\)",
    "backslashes": "\\\\*x\\\\* \\\\`x\\\\`",
    "markup of rich": "[bold red]x[/] [link=http://localhost]y[/link]",
    "format": '", "output_format": "html", "x": "',
    "endless": "x" * 100_000,
}
"""Texts that some reader would obey."""
