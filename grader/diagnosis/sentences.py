"""One plain sentence about a diagnosis, with the draws' own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from grader.diagnosis.explaining import Explanation
from grader.diagnosis.fitting import Question
from grader.diagnosis.symbols import Symbol


def told(questions: Sequence[Question], explanations: Sequence[Explanation]) -> str:
    """Return the sentence about answers that the same mistakes explain.

    Parameters
    ----------
    questions
        The answers.
    explanations
        Mistakes that answer alike.
    """
    first = explanations[0]
    names = [question.name for question in questions]
    if len({one.mistake.name for one in explanations}) > 1:
        unique = {one.mistake.name: one for one in reversed(explanations)}
        clauses = "; or ".join(f"if {one.mistake.clause}" for one in reversed(unique.values()))
        return f"{_what_comes_out(questions[0], names)} by one of these: {clauses}."
    if first.factor is not None and first.factor.name == "0":
        return f"{_are(names)} {_nothing(questions)} {on_all(len(questions[0].seen))}."
    if first.factor is not None:
        return _times(questions[0], names, first, first.factor)
    numbers = _numbers(questions[0], first)
    return f"{_what_comes_out(questions[0], names)} if {first.mistake.clause}{numbers}."


def _nothing(questions: Sequence[Question]) -> str:
    """Return how near to 0 answers are that are nothing beside what is right."""
    most = max(float(np.abs(one.value).max(initial=0.0)) for q in questions for one in q.seen)
    return "0 throughout" if most == 0.0 else f"next to 0 throughout, {most:.2g} at most,"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    head, last = ", ".join(words[:-1]), words[-1]
    return f"{head} and {last}" if head else last


def noun(name: str) -> str:
    """Return whether an answer is a gradient or a value, by its name.

    >>> noun("dW1"), noun("derivative"), noun("loss")
    ('gradient', 'value', 'value')
    """
    is_gradient = name.startswith("d") and not name.startswith(("derivative", "dec"))
    return "gradient" if is_gradient else "value"


def on_all(count: int) -> str:
    """Return on how many draws, in words.

    >>> on_all(6), on_all(1)
    ('on all 6 draws', 'on the one draw')
    """
    return f"on all {count} draws" if count > 1 else "on the one draw"


def _are(names: Sequence[str]) -> str:
    return f"{listed(names)} {'are each' if len(names) > 1 else 'is'}"


def _what_comes_out(question: Question, names: Sequence[str]) -> str:
    return f"{_are(names)} exactly what comes out {on_all(len(question.seen))}"


def _times(
    question: Question, names: Sequence[str], explanation: Explanation, factor: Symbol
) -> str:
    """Return the sentence about a factor: how many times too large, and where."""
    values = [float(value) for value in factor.values]
    right = f"the right {noun(names[0])}"
    sizes = _sizes_in(question, factor.name)
    tail = f": {explanation.mistake.clause}." if factor.name else "."
    if not sizes:
        count = on_all(len(values))
        return f"{_are(names)} {number_of(values[0])} times {right} {count}{tail}"
    shown = list({value: place for place, value in reversed(list(enumerate(values)))}.values())
    told_of = sorted(shown)[:2]
    rows = [question.seen[place].sample.background.sizes for place in told_of]
    where = [listed([f"{size} was {row[size]:g}" for size in sizes]) for row in rows]
    first, *rest = (
        (number_of(values[place]), place_words)
        for place, place_words in zip(told_of, where, strict=True)
    )
    more = "".join(f" and {value} times where {words}" for value, words in rest)
    return f"{_are(names)} {first[0]} times {right} where {first[1]}{more}{tail}"


def number_of(value: float) -> str:
    """Return a factor, short and honest.

    >>> number_of(7.0), number_of(1.001), number_of(1 / 77)
    ('7.00', '1.001', '0.01299')
    """
    is_short = abs(value) < 1e6 and round(value, 2) == value
    if is_short:
        return f"{value:.2f}"
    return f"{value:.4g}" if abs(value - 1.0) > 1e-3 else f"{value:.9g}"


def _sizes_in(question: Question, factor: str) -> list[str]:
    """Return the sizes that a factor's name speaks of."""
    sizes = question.seen[0].sample.background.sizes
    return [word for word in re.findall(r"[A-Za-z_]\w*", _spaced(factor)) if word in sizes]


def _spaced(factor: str) -> str:
    """Set a number apart from the size that follows it: ``2N`` is twice N."""
    return re.sub(r"(?<![A-Za-z_\d])(\d+)(?=[A-Za-z])", r"\1 ", factor)


def _numbers(question: Question, explanation: Explanation) -> str:
    """Return the draws' numbers that the factors of an explanation speak of."""
    factors = explanation.match.factors
    changed = [(part, symbol) for part, symbol in factors.items() if symbol.name != "1"]
    words = [word for _, symbol in changed for word in _sizes_in(question, symbol.name)]
    if any(part == "penalty" for part, _ in changed):
        words.append("reg")
    told_of = [_values(question, word) for word in dict.fromkeys(words)]
    return f" ({'; '.join(told_of)})" if told_of else ""


def _values(question: Question, size: str) -> str:
    values: Iterable[float] = (one.sample.background.sizes.get(size, 0.0) for one in question.seen)
    return f"{size} was {listed([f'{value:g}' for value in dict.fromkeys(values)])}"
