"""Whatever an author writes, the answer is a rubric or a RubricError."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import Complaint, RubricError
from grader.records import Rubric
from tests.rubric.test_options import SEED, WITH, YEAR
from tests.rubric.test_statements import BEST, DW, ITEMS, NOTES
from tests.rubric.test_ways import WAYS

JUNK = st.sampled_from(
    ["", "[", "]", "{", "}", ": ", "- ", "\n", "\n  ", "\t", "*a", "&a ", "<<: *a", "!!int ", "? ", "|", "> ",
     "null", "true", "010", "1e400", "-1", "0.5", "net", "loss", "plain", "{}", "[]", "[[]]", "{a: {a: {}}}",
     "'", '"', '"\\ud800"', "#", "---", "\x00", "\ufeff", "é", "items:", "sections:", "probes:", "[key]"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["$year", "$x", "$$", "only: {year: a}", "only: 5", "only: [[]]", "options: 5", "choices: [a]", "default: x",
     "any_of: []", "any_of: {}", "any_of: [5]", "draws: none", "holds: x", "holds: [5]", "value: 1/0", "mode: overfit"]
)  # fmt: skip
RICH = (
    (SEED, YEAR + "  layout: {default: a, choices: [a, b]}\n"),
    WITH,
    NOTES,
    (ITEMS, ITEMS + DW + BEST + WAYS),
    ("points: 2\n    check", "points: 2\n    only: {layout: a}\n    check"),
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
MUTATION = st.tuples(
    st.integers(min_value=0, max_value=2000),
    st.integers(min_value=0, max_value=40),
    st.one_of(JUNK, TEXT),
)
quiet = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def mutate(text: str, mutations: list[tuple[int, int, str]]) -> str:
    for start, length, new in mutations:
        at = start % (len(text) + 1)
        text = text[:at] + new + text[at + length :]
    return text


def loads_or_complains(load: Callable[[str | bytes], Rubric], text: str | bytes) -> None:
    complaints: tuple[Complaint, ...] = ()
    try:
        assert load(text).items
    except RubricError as error:
        complaints = error.complaints
        str(error).encode()
    assert all(complaint.message for complaint in complaints)


@quiet
@given(mutations=st.lists(MUTATION, min_size=1, max_size=4))
def test_a_mutated_text_never_raises_anything_else(
    load: Callable[[str | bytes], Rubric], good: str, mutations: list[tuple[int, int, str]]
) -> None:
    loads_or_complains(load, mutate(good, mutations))


@quiet
@given(data=st.data())
def test_a_value_of_any_kind_in_place_of_another_never_raises_anything_else(
    load: Callable[[str | bytes], Rubric], good: str, data: st.DataObject
) -> None:
    lines = good.splitlines()
    number = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
    key = lines[number].partition(":")[0]
    lines[number] = f"{key}: {data.draw(JUNK)}"

    loads_or_complains(load, "\n".join(lines))


@settings(quiet, max_examples=80)
@given(data=st.data())
def test_neither_does_one_in_a_rubric_with_options_ways_and_statements(
    load: Callable[[str | bytes], Rubric], change: Callable[..., str], data: st.DataObject
) -> None:
    lines = change(*RICH).splitlines()
    number = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
    if data.draw(st.booleans()):
        lines[number] = f"{lines[number].partition(':')[0]}: {data.draw(JUNK | NAMES)}"
    else:
        indent = " " * data.draw(st.sampled_from([0, 2, 4, 6]))
        lines.insert(number, indent + data.draw(NAMES))

    loads_or_complains(load, "\n".join(lines))


@quiet
@given(junk=st.binary(max_size=60))
def test_bytes_never_raise_anything_else(
    load: Callable[[str | bytes], Rubric], junk: bytes
) -> None:
    loads_or_complains(load, junk)


@pytest.mark.parametrize(
    "key", ["problem", "dataset", "cases", "answers", "with", "limits", "variants"]
)
@pytest.mark.parametrize(
    "junk", ["5", "[5]", "{x: 5}", "{5: x}", "word", "", "[{}]", "{x: {}}", "{x: [1]}"]
)
def test_each_key_of_a_probe_survives_each_kind_of_value(
    load: Callable[[str | bytes], Rubric], good: str, key: str, junk: str
) -> None:
    text = good.replace("  fit:\n", f"  odd:\n    {key}: {junk}\n  fit:\n")

    with pytest.raises(RubricError):
        load(text)
