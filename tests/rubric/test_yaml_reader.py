"""YAML is read strictly: its old traps are closed, and nothing makes the reader blow up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from grader.errors import RubricError
from grader.rubric.document import Document
from grader.rubric.yaml_reader import read_document


def read(text: str) -> Document:
    return read_document(text.encode(), "r.yaml")


def value(text: str) -> Any:
    document = read(f"x: {text}")
    assert document.complaints == ()
    return document.data["x"]


def told(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    try:
        return [str(complaint) for complaint in read_document(data, "r.yaml").complaints]
    except RubricError as error:
        return [str(complaint) for complaint in error.complaints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-6", Decimal("0.000001")),
        ("1e3", Decimal(1000)),
        ("+1.5E2", Decimal(150)),
        ("0.1", Decimal("0.1")),
        (".5", Decimal("0.5")),
        ("-3", -3),
        ("0", 0),
        ("12", 12),
    ],
)
def test_numbers_are_exact(text: str, expected: object) -> None:
    assert value(text) == expected
    assert type(value(text)) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "off",
        "yes",
        "no",
        "y",
        "n",
        "Yes",
        "NO",
        "1:30",
        "12:30:45",
        "2025-01-31",
        "e5",
        "1e",
        "3x3",
        "=",
        "1.2.3",
    ],
)
def test_words_stay_words(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None)],
)
def test_only_these_words_are_values(text: str, expected: object) -> None:
    assert value(text) is expected


@pytest.mark.parametrize("text", ['"1e-6"', "'true'", '"010"', '"null"'])
def test_what_is_quoted_is_a_text(text: str) -> None:
    assert value(text) == text[1:-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("010", '010 would be octal in YAML 1.1: write 10, or "010" for the word'),
        ("007", '007 would be octal in YAML 1.1: write 7, or "007" for the word'),
        ("1_000", '1_000 is no number here: write it in plain decimal digits, or "1_000" for the word'),
        ("0x1F", '0x1F is no number here: write it in plain decimal digits, or "0x1F" for the word'),
        (".inf", '.inf is no number here: write it in plain decimal digits, or ".inf" for the word'),
        (".nan", '.nan is no number here: write it in plain decimal digits, or ".nan" for the word'),
        ("True", 'write true, or "True" for the word'),
        ("None", 'write null, or "None" for the word'),
        ("1e999", "1e999 does not fit into a float64"),
        ("1e-999", "1e-999 does not fit into a float64"),
        ("1" * 26, "a number of more than 25 characters"),
    ],
)  # fmt: skip
def test_what_another_reader_would_take_for_a_number_is_a_mistake(text: str, message: str) -> None:
    assert told(f"a: 1\nx: {text}") == [f"r.yaml:2:4: {message}"]


def test_a_repeated_key_is_a_mistake_at_its_second_place() -> None:
    text = "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n"

    assert told(text) == [
        "r.yaml:5:3: the key 'c' is repeated: it is in line 3 too",
        "r.yaml:6:1: the key 'a' is repeated: it is in line 1 too",
    ]


def test_a_repeated_key_is_seen_behind_quotes_and_in_flow() -> None:
    assert told('x: {a: 1, "a": 2}') == [
        "r.yaml:1:11: the key 'a' is repeated: it is in line 1 too"
    ]


def test_merged_keys_may_be_overridden_and_keep_their_order() -> None:
    document = read("base: &base {a: 1, b: 2, c: 3}\nx:\n  b: 5\n  <<: *base\n  d: 6\n")

    assert document.complaints == ()
    assert document.data["x"] == {"a": 1, "b": 5, "c": 3, "d": 6}
    assert list(document.data["x"]) == ["a", "b", "c", "d"]


def test_the_first_of_several_merged_mappings_wins() -> None:
    document = read("a: &a {k: 1}\nb: &b {k: 2, l: 3}\nx:\n  <<: [*a, *b]\n")

    assert document.data["x"] == {"k": 1, "l": 3}


def test_merges_of_merges_reach_through() -> None:
    document = read("a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nx: {<<: *b, m: 3}\n")

    assert document.data["x"] == {"k": 1, "l": 2, "m": 3}


def test_a_quoted_merge_sign_is_a_key() -> None:
    assert read('x: {"<<": 1}').data["x"] == {"<<": 1}


def test_places_of_merged_keys_are_where_they_are_written() -> None:
    document = read("base: &base\n  a: 1\nx:\n  <<: *base\n  b: 2\n")

    assert document.places[("x", "a")] == (2, 6)
    assert document.key_places[("x", "a")] == (2, 3)
    assert document.places[("x", "b")] == (5, 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x: {<<: 5}", ["r.yaml:1:9: '<<' merges a mapping: write an alias such as *name"]),
        ("a: &a {k: 1}\nx: {<<: *a, <<: *a}", ["r.yaml:2:13: '<<' is repeated: merge a list, << : [*a, *b]"]),
        ("5: a", ['r.yaml:1:1: a key is a word: write "5" in quotes']),
        ("true: a", ['r.yaml:1:1: a key is a word: write "true" in quotes']),
        ("? [a]\n: b", ["r.yaml:1:3: a key is a word, not a list or a mapping"]),
        ("x:\n\ty: 1", ["r.yaml:2:1: a tab: YAML is indented with spaces"]),
        ("x: a: b", ["r.yaml:1:5: a colon that is not expected: quote a text that holds ': ', or mend the indentation"]),
        ("x: [1, 2", ["r.yaml:1:9: not YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'"]),
        ("x: *y", ["r.yaml:1:4: not YAML: found undefined alias 'y'"]),
        ("x: !!int 5", ["r.yaml:1:4: tags such as tag:yaml.org,2002:int have no place here"]),
        ("x: !!python/object:os.system {}", ["r.yaml:1:4: tags such as tag:yaml.org,2002:python/object:os.system have no place here"]),
        ("a: 1\n---\nb: 2", ["r.yaml:2:1: a second document: a rubric is one document"]),
        ("", ["r.yaml:1:1: the file is empty"]),
        ("# nothing\n", ["r.yaml:1:1: the file is empty"]),
        ("a: b\nc: \x07", ["r.yaml:2:4: the character U+0007 may not stand in YAML"]),
        (b"a: 1\nb: caf\xe9", ["r.yaml:2:7: not UTF-8: save the file as UTF-8"]),
        ('a: "\\UFFFFFFFF"', ["r.yaml:1:7: a number or an escape that cannot be read"]),
        ('a: "\\ud800"', ["r.yaml:1:4: half a character: an escape from \\uD800 to \\uDFFF"]),
        ('"\\ud800": 1', ["r.yaml:1:1: half a character: an escape from \\uD800 to \\uDFFF"]),
        ("&a [*a]", ["r.yaml:1:1: nested deeper than 30 levels (an alias inside itself?)"]),
        ("&a {<<: *a}", ["r.yaml:1:1: nested deeper than 30 levels (an alias inside itself?)"]),
        ("[" * 100_000, ["r.yaml:1:32: nested deeper than 30 levels"]),
        (" " * 1_000_001, ["r.yaml: larger than 1000000 bytes"]),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told_with_its_place(text: str | bytes, expected: list[str]) -> None:
    assert told(text) == expected


def bomb(layer: str) -> str:
    """Return a document whose aliases double up twenty times."""
    lines = ["a0: &a0 {k0: 1}"]
    lines += [f"a{i}: &a{i} " + layer.format(i=i, j=i - 1) for i in range(1, 20)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "layer",
    ["[*a{j}, *a{j}, *a{j}]", "{{x: *a{j}, y: *a{j}, z: *a{j}}}"],
    ids=["lists", "mappings"],
)
def test_alias_bombs_are_refused(layer: str) -> None:
    (message,) = told(bomb(layer))

    assert message.endswith("aliases expand to more than 50000 values")


def test_a_bomb_of_merges_stays_small() -> None:
    document = read(bomb("{{<<: [*a{j}, *a{j}, *a{j}], k{i}: 2}}"))

    assert len(document.data["a19"]) == 20


def test_a_byte_order_mark_is_skipped() -> None:
    document = read_document(b"\xef\xbb\xbfa: 1", "r.yaml")

    assert document.data == {"a": 1}
    assert document.places[("a",)] == (1, 4)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x:\n  c: |\n    one\n    two\n", (4, 7)),
        ("x:\n  c: |\n\n    two\n", (4, 7)),
        ("x:\n  c: &b |-  # why\n    one\n    two\n", (4, 7)),
        ("x:\n  c: &b\n    |\n    one\n    two\n", (5, 7)),
        ("x:\n  c: |2\n      one\n    two\n", (4, 7)),
    ],
    ids=["block", "blank first line", "anchor and comment", "header below", "explicit indent"],
)
def test_a_line_inside_a_block_is_found_in_the_file(
    text: str, place: tuple[int, int], newline: str
) -> None:
    document = read(text.replace("\n", newline))

    complaint = document.inside(("x", "c"), 2, 3, "here")

    assert (complaint.line, complaint.column) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x: one two", (1, 8)),
        ('x: "one two"', (1, 9)),
        ("x: &a one two", (1, 11)),
        ("x: >\n  one\n  two", (1, 4)),
        ("x: one\n  two", (1, 4)),
    ],
    ids=["plain", "quoted", "anchored", "folded", "plain over two lines"],
)
def test_a_column_inside_a_scalar_is_found_where_its_lines_match(
    text: str, place: tuple[int, int]
) -> None:
    complaint = read(text).inside(("x",), 1, 5, "here")

    assert (complaint.line, complaint.column) == place


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("'a''b c'", (1, 4), (1, 9)),
        (r'"\"a\"\nb\u00e9\t\x41c"', (2, 5), (1, 25)),
        (r'"\"a\"\nb"', (9, 9), (1, 13)),
        (r"'a\nb'''", (1, 5), (1, 9)),
        ('"a\\"\n  b"', (1, 4), (1, 4)),
        (">-", (1, 1), (1, 4)),
        ('"é" # \\"', (1, 1), (1, 5)),
    ],
)
def test_a_column_behind_escapes_is_found(
    text: str, place: tuple[int, int], expected: tuple[int, int]
) -> None:
    complaint = read(f"x: {text}").inside(("x",), *place, "here")

    assert (complaint.line, complaint.column) == expected
