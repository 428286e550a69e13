"""Do the rules for what leaves the toolkit refuse what a reader would obey?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.attacks.sinks import (
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
