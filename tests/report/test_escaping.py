"""Whatever a student wrote does no harm where it is shown."""

from __future__ import annotations

import csv
import html
import io
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.escaping import (
    csv_text,
    html_text,
    json_text,
    markdown_block,
    markdown_text,
    number_text,
    plain_text,
    terminal_text,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Lone surrogates too: a file's name need not be UTF-8."""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("amber-fox", "amber-fox"),
        ("Ána Núñez 学生", "Ána Núñez 学生"),
        ('Robert "Bob", Jr.', 'Robert "Bob", Jr.'),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-rf", "'-rf"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "' =1+1"),
        ("\r\n=1+1", "'  =1+1"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("\ufeff=1+1", "\\ufeff=1+1"),
        ("\u200b@SUM(A1)", "\\u200b@SUM(A1)"),
        ("late;\u200d-1", "late;\\u200d-1"),
        ("late;=1+1", "late;'=1+1"),
        ("late; \t-1; fine", "late;  '-1; fine"),
        ("two\nlines", "two lines"),
        ("\x1b[2J\x00bell\x07", "\ufffd[2J\ufffdbell\ufffd"),
        ("abc\u202etxt.py", "abc\\u202etxt.py"),
        ("\udcff", "\\udcff"),
        ("", ""),
    ],
)
def test_a_cell_is_one_line_and_never_a_formula(text: str, cell: str) -> None:
    assert csv_text(text) == cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("over\rwritten", "over written"),
        ("two\nlines", "two lines"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        ("\u202eright to left", "\\u202eright to left"),
        ("\udcff", "\\udcff"),
    ],
)
def test_a_terminal_obeys_nothing(text: str, shown: str) -> None:
    assert terminal_text(text) == shown


UNSEEN = """
ad 34f 61c 115f 1160 17b4 180e 200b 200c 200d 200e 200f 202a 202e 2060 2066 206f 3164 fe0f feff ffa0
fff9 e0001 e0041 e0100
"""


@pytest.mark.parametrize("number", UNSEEN.split())
def test_a_letter_that_nobody_sees_is_shown_by_its_number_in_every_sink(number: str) -> None:
    text = f"a{chr(int(number, 16))}b"
    shown = text.encode("ascii", "backslashreplace").decode()

    for sink in (terminal_text, plain_text, csv_text, html_text):
        assert sink(text) == shown
    assert markdown_text(text) == shown.replace("\\", "\\\\")
    assert markdown_block(text) == f"```text\n{shown}\n```"
    assert json_text(text).isascii()
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "\U0001f469\u200d\U0001f4bb",
        "✔\ufe0f",
        "\u2764\ufe0f\u200d\U0001f525",
    ],
)
def test_joiners_stay_where_a_script_or_a_picture_needs_them(text: str) -> None:
    assert terminal_text(text) == csv_text(text) == html_text(text) == markdown_text(text) == text


TURNING = frozenset("LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
JOINERS = frozenset("\u200c\u200d")
VISIBLE = frozenset(
    map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD])
)
"""Signs that enclose the digits after them: formats by their category, but seen."""


def is_harmless(text: str) -> bool:
    text.encode("utf-8")
    return all(
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        and (unicodedata.category(character) != "Cf" or character in JOINERS | VISIBLE)
        and unicodedata.bidirectional(character) not in TURNING
        for character in text
    )


@given(ANY_TEXT)
def test_no_text_gets_a_control_character_through(text: str) -> None:
    assert is_harmless(terminal_text(text))
    assert is_harmless(csv_text(text))
    assert is_harmless(html_text(text).replace("\n", ""))
    assert is_harmless(markdown_text(text))
    assert is_harmless(markdown_block(text).replace("\n", ""))


FORMULAS = st.lists(st.sampled_from([*"=+-@＝;,\t\r\n '\"x\u200b\ufeff"]), max_size=8).map("".join)


@given(ANY_TEXT | FORMULAS)
def test_no_text_becomes_a_formula(text: str) -> None:
    invisible = "\u200b\u200c\u200d\u2060\ufeff"
    for separator in (None, ";"):
        for cell in csv_text(text).split(separator) if separator else [csv_text(text)]:
            seen = cell.translate(dict.fromkeys(map(ord, invisible))).lstrip()
            assert not seen.startswith(tuple("=+-@＝＋－＠"))


@given(st.lists(ANY_TEXT, min_size=1))
def test_cells_come_back_from_a_csv_file_as_they_were_written(texts: list[str]) -> None:
    row = [csv_text(text) for text in texts]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(row)
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [row]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2.80", "2.8"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("0", "0"),
        ("1e-4", "0.0001"),
    ],
)
def test_numbers_are_written_as_people_do(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text


@given(st.decimals("0", "10000", places=4))
def test_no_number_changes_by_being_written(number: Decimal) -> None:
    assert Decimal(number_text(number)) == number


# --- JSON ------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(PLAIN)
def test_json_is_strict_and_holds_nothing_that_a_terminal_obeys(value: object) -> None:
    text = json_text(value)

    assert is_harmless(text)
    json.loads(text, parse_constant=refuse)


@given(st.dictionaries(st.text(), st.text()))
def test_json_comes_back_as_it_was_written(value: dict[str, str]) -> None:
    assert json.loads(json_text(value)) == value


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("<script>", '"<script>"', "<script>"),
        ("\x1b[2J", '"\\u001b[2J"', "\x1b[2J"),
        ("\x9b31m\x7f", '"\\u009b31m\\u007f"', "\x9b31m\x7f"),
        ("a\u2028b\u202e", '"a\\u2028b\\u202e"', "a\u2028b\u202e"),
        ("\udcff", '"\\\\udcff"', "\\udcff"),
        ("\ud83d\ude00", '"\\\\ud83d\\\\ude00"', "\\ud83d\\ude00"),
        ("\\udcff", '"\\\\udcff"', "\\udcff"),
        ('"quoted"', '"\\"quoted\\""', '"quoted"'),
        ("\0", '"\\u0000"', "\0"),
    ],
)
def test_what_json_has_no_sign_for_is_escaped(text: str, written: str, read: str) -> None:
    assert json_text(text) == written
    assert json.loads(written) == read


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_no_json(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"deviation": [number]})


def refuse(constant: str) -> None:
    raise ValueError(constant)


# --- pages and Markdown ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>alert('x')</script>", "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"),
        ('" onclick="x', "&quot; onclick=&quot;x"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("two\r\nlines\x1b[2J", "two \nlines\ufffd[2J"),
        ("\udcff", "\\udcff"),
    ],
)
def test_a_page_shows_text_as_text(text: str, written: str) -> None:
    assert html_text(text) == written


@given(ANY_TEXT)
def test_a_page_shows_the_same_as_plain_text(text: str) -> None:
    escaped = html_text(text)

    assert html.unescape(escaped) == plain_text(text)
    assert not set("<>\"'") & set(escaped)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("**bold** _it_ ~~no~~", r"\*\*bold\*\* \_it\_ \~\~no\~\~"),
        ("![x](http://x) <b>", r"!\[x\](http\://x) &lt;b&gt;"),
        ("a `code` | cell", r"a \`code\` \| cell"),
        ("# title", r"\# title"),
        ("- one\n- two", r"\- one - two"),
        ("12. twelve 3.5", r"12\. twelve 3.5"),
        ("1) one", r"1\) one"),
        ("    code", "code"),
        ("> quote", "&gt; quote"),
        ("===", r"\=\=\="),
        ("www.example.org", r"www\.example.org"),
        ("{: onclick=x}", r"\{: onclick=x\}"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        (r"\*x*", r"\\\*x\*"),
        ("$\\input{x}$", r"\$\\input\{x\}\$"),
        ("a-b, c.d (e) 3.5 + 1", "a-b, c.d (e) 3.5 + 1"),
    ],
)
def test_markdown_shows_text_as_text(text: str, written: str) -> None:
    assert markdown_text(text) == written


@given(ANY_TEXT | st.text("`~\n <x"))
def test_nothing_ends_a_block_of_code(text: str) -> None:
    first, *inner, last = markdown_block(text).split("\n")

    assert first == f"{last}text"
    assert set(last) == {"`"}
    assert inner == plain_text(text).split("\n")
    assert not any(last in line for line in inner)
