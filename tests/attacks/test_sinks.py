"""Is a hostile text harmless in every sink, and do the rules refuse what a reader would obey?"""

from __future__ import annotations

from collections.abc import Callable
from html import escape, unescape

import pytest
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from grader.report import escaping
from grader.report.escaping import markdown_block, markdown_text, plain_text, terminal_text
from tests.attacks.sinks import (
    HOSTILE,
    WRITERS,
    Writer,
    has_no_formula,
    has_no_tag,
    is_plain_json,
    is_quiet,
    is_text_in_markdown,
)

RULES: dict[str, tuple[Callable[[str], bool], list[str], list[str]]] = {
    "terminal": (
        is_quiet,
        ["plain\n<script>"],
        ["\x1b[2J", "a\u202eb", "a\u200bb", "a\u3164b", "a\rb", "a\x9b1m"],
    ),
    "table": (has_no_formula, ["a,'=1\n"], ["a,=1\n", "-1\n", 'a," @x"\n']),
    "JSON": (
        is_plain_json,
        ['{"output": "<b>", "output_format": "text"}', '[{"x": 1}]'],
        ['{"output_format": "html"}', '[{"x": {"name_format": "md"}}]', "[NaN]", '["\u202e"]', "{"],
    ),
    "page": (
        has_no_tag,
        ["<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<td class=x>a < b</td>"],
        ["<p><script>x</script>", "<IMG SRC=x>", "<p onclick=x>", "<a href='javascript:x'>y</a>"],
    ),
    "Markdown": (
        is_text_in_markdown,
        ["`**x** [x](y)`", r"\*\*x\*\* \[x\](y) \<b>", "a < b", "``a ` <b>``"],
        ["**x**", "[x](y)", "![x](y)", "<b>x</b>", "`a` **x**", "a `` <b>"],
    ),
}


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts, _ in RULES.values() for text in texts]
)
def test_text_is_harmless(rule: Callable[[str], bool], text: str) -> None:
    assert rule(text)


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, _, texts in RULES.values() for text in texts]
)
def test_what_a_reader_obeys_is_refused(rule: Callable[[str], bool], text: str) -> None:
    assert not rule(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
def test_096_no_sink_obeys_a_hostile_text(writer: Writer, text: str) -> None:
    assert writer.is_harmless(writer.written(text))


def test_no_rule_holds_for_all_hostile_texts_as_they_are() -> None:
    for writer in WRITERS:
        assert not all(is_encodable(text) and writer.is_harmless(text) for text in HOSTILE.values())


def test_every_function_that_makes_text_harmless_is_tried() -> None:
    made = {name for name in vars(escaping) if name.endswith(("_text", "_block"))}
    assert made - {"number_text"} == {
        "terminal_text",
        "plain_text",
        "csv_text",
        "json_text",
        "html_text",
        "markdown_text",
        "markdown_block",
    }
    assert len(WRITERS) == len(made) - 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_markdown_is_read_as_the_text_that_it_was(text: str) -> None:
    # What rich brings along reads CommonMark, here with tables and struck text as well.
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    shown = escape(terminal_text(text).strip())

    assert unescape(reader.render(markdown_text(text))) == unescape(f"<p>{shown}</p>\n")
    assert reader.render(markdown_block(text)) == (
        f'<pre><code class="language-text">{escapeHtml(plain_text(text))}\n</code></pre>\n'
    )


def is_encodable(text: str) -> bool:
    """Tell whether a text can be written at all."""
    return text.encode("utf-8", "ignore").decode() == text
