"""What is known of a wrong answer that no mistake explains: where, how far, which way."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from grader.diagnosis.fitting import Question
from grader.diagnosis.question import Seen
from grader.diagnosis.sentences import listed, noun, number_of, on_all
from grader.records import Array, Diagnosis

_ISOLATED = 0.1
"""The share of wrong entries up to which they are isolated."""
_LEAST_SIZE = 3
_OVERFLOWING = 300.0
"""Inputs beyond it overflow an exponential, alone or after a product."""
_SHOWN = 4
_PARALLEL = 5e-4
"""One minus the cosine up to which that would be rounded to 1."""
_ROUNDING = 1e-15


def facts(questions: Sequence[Question]) -> Diagnosis:
    """Return what is known of the first of some wrong answers, without naming a mistake.

    Parameters
    ----------
    questions
        Wrong answers that no guess reproduces.
    """
    question = questions[0]
    wrong = [one for one in question.seen if not one.is_right]
    for find in (_constant, _not_finite, _of_another_shape, _permuted, _isolated):
        if diagnosis := find(question, wrong):
            return diagnosis
    sentence = f"{_where(question, wrong)} {_direction(question.name, wrong)}".rstrip()
    return _told(question, "", sentence)


def constant_of(question: Question) -> float | None:
    """Return the number that stands in every entry on every draw, if it is one."""
    values = np.concatenate([one.value.ravel() for one in question.seen])
    is_one = values.size > 1 and bool(np.all(values == values[0]))
    return float(values[0]) if is_one else None


def _constant(question: Question, wrong: Sequence[Seen]) -> Diagnosis | None:
    """Tell of one number everywhere, whatever is asked."""
    number = constant_of(question)
    right = np.concatenate([one.right.ravel() for one in question.seen])
    if number is None or np.all(right == right[0]):
        return None
    is_array = any(one.value.size > 1 for one in question.seen)
    where = "in every entry " if is_array else ""
    draws = on_all(len(question.seen))
    sentence = f"{question.name} is {number:.6g} {where}{draws}, whatever it is given."
    return _told(question, "", sentence)


def _told(question: Question, name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name=name, sentence=sentence, answers=(question.name,))


def _smallest(wrong: Sequence[Seen]) -> Seen:
    return min(wrong, key=lambda one: one.right.size)


def _sizes(one: Seen) -> str:
    shown = list(one.sample.background.sizes.items())[:_SHOWN]
    return ", ".join(f"{name}={value:.4g}" for name, value in shown)


def _not_finite(question: Question, wrong: Sequence[Seen]) -> Diagnosis | None:
    """Tell of NaN and infinity, and of large inputs if they occur with these alone."""
    bad = [one for one in wrong if not np.isfinite(one.value).all()]
    if not bad:
        return None
    one = _smallest(bad)
    count = int((~np.isfinite(one.value)).sum())
    sentence = (
        f"{count} of {one.value.size} entries of {question.name} are NaN or infinite "
        f"in case {one.sample.case} ({_sizes(one)})"
    )
    if len(bad) < len(wrong):
        return _told(question, "", f"{sentence}; it is wrong on other draws as well.")
    others = [other for other in question.seen if np.isfinite(other.value).all()]
    if not others:
        return _told(question, "", f"{sentence}, and some on every other draw.")
    name, reach = _largest_input(one)
    least = min(_largest_input(other)[1] for other in bad)
    if least <= max([_OVERFLOWING, *(_largest_input(other)[1] for other in others)]):
        return _told(question, "overflow", f"{sentence}; it is right on all other draws.")
    cause = f"the largest entry of {name} is {reach:.4g} there, and its exponential overflows"
    return _told(question, "overflow", f"{sentence}: {cause}.")


def _largest_input(one: Seen) -> tuple[str, float]:
    """Return the name of the input array with the largest entry, and that entry's size."""
    reaches = {
        name: float(np.abs(value).max(initial=0.0))
        for name, value in one.sample.inputs.items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    }
    return max(reaches.items(), key=lambda item: item[1], default=("", 0.0))


def _of_another_shape(question: Question, wrong: Sequence[Seen]) -> Diagnosis | None:
    """Tell of entries that are all right but lie in another shape."""
    odd = [one for one in wrong if one.value.size != one.right.size]
    if odd:
        one = _smallest(odd)
        sentence = f"{question.name} has shape {one.value.shape}, where {one.right.shape} is right."
        return _told(question, "", sentence)
    if all(one.equals(one.right.reshape(one.value.shape)) for one in wrong):
        one = _smallest(wrong)
        sentence = (
            f"{question.name} holds the right entries in shape {one.value.shape}, "
            f"where {one.right.shape} is right."
        )
        return _told(question, "reshaped", sentence)
    return None


def _permuted(question: Question, wrong: Sequence[Seen]) -> Diagnosis | None:
    """Tell of entries that are all right but stand in each other's place."""
    for one in wrong:
        value, right = np.sort(one.value.ravel()), np.sort(one.right.ravel())
        is_plain = np.array_equal(right, right.round()) or np.unique(right).size < 3
        if is_plain or np.abs(value - right).max() > one.allowed(right):
            return None
    places = _places_word(wrong)
    sentence = f"{question.name} holds the right entries, but {places} are in another order."
    return _told(question, "permuted", sentence)


def _places_word(wrong: Sequence[Seen]) -> str:
    """Return whether whole rows or whole columns changed their places, or entries."""
    if all(one.right.ndim > 1 and _same_rows(one, 0) for one in wrong):
        return "its rows"
    if all(one.right.ndim > 1 and _same_rows(one, 1) for one in wrong):
        return "its columns"
    return "they"


def _same_rows(one: Seen, axis: int) -> bool:
    """Return whether the sums of rows are the same ones, in any order."""
    rest = tuple(i for i in range(one.right.ndim) if i != axis)
    value = np.sort(one.value.reshape(one.right.shape).sum(axis=rest))
    right = np.sort(one.right.sum(axis=rest))
    return bool(np.abs(value - right).max() <= one.right.size * one.allowed(one.right))


def _off(one: Seen) -> Array:
    """Return which entries differ."""
    with np.errstate(all="ignore"):
        distance = np.abs(one.value.reshape(one.right.shape) - one.right)
    return np.asarray(distance > one.allowed(one.right))


def _isolated(question: Question, wrong: Sequence[Seen]) -> Diagnosis | None:
    """Tell of few wrong entries among many right ones."""
    counts = [int(_off(one).sum()) for one in wrong]
    allowed = [max(1.0, _ISOLATED * one.right.size) for one in wrong]
    is_large = all(one.right.size >= _LEAST_SIZE for one in wrong)
    if not is_large or any(count > most for count, most in zip(counts, allowed, strict=True)):
        return None
    return _told(question, "isolated_entries", f"{_where(question, wrong)} All others are right.")


def _where(question: Question, wrong: Sequence[Seen]) -> str:
    """Say on how many draws it is wrong, and in which entries, rows or columns."""
    one = _smallest(wrong)
    off = _off(one)
    on = f"{question.name} is wrong on {len(wrong)} of {len(question.seen)} draws"
    if len(wrong) < len(question.seen):
        cases = listed(list(dict.fromkeys(other.sample.case for other in wrong)))
        on += f" (in {cases})"
    if one.right.ndim == 0:
        return f"{on}{_ratios(wrong)}."
    if not off.any():
        return f"{on}; where {_sizes(one)} its shape is {one.value.shape}, not {one.right.shape}."
    if all(_off(each).all() for each in wrong):
        return f"{on}, in every entry."
    count, verb = f"{int(off.sum())} of {off.size} entries", "differ"
    if off.sum() == 1:
        verb = "differs"
    return f"{on}; where {_sizes(one)}, {count} {verb}{_lines(off)}."


def _ratios(wrong: Sequence[Seen]) -> str:
    """Say how many times too large a number is, on the draws where that can be said."""
    pairs = [(float(one.value.ravel()[0]), float(one.right)) for one in wrong]
    ratios = sorted(value / right for value, right in pairs if right != 0.0)
    if not ratios or not np.all(np.isfinite(ratios)):
        return ""
    least, most = (number_of(ratio) for ratio in (ratios[0], ratios[-1]))
    return (
        f", {least} to {most} times what is right"
        if least != most
        else f", {least} times what is right"
    )


def _lines(off: Array) -> str:
    """Say which rows, columns or entries differ, if those are not nearly all."""
    if off.all():
        return ""
    for axis, word in ((0, "row"), (1, "column")):
        if off.ndim > axis and off.ndim > 1:
            rest = tuple(i for i in range(off.ndim) if i != axis)
            touched = np.flatnonzero(off.any(axis=rest))
            if touched.size < off.shape[axis] and touched.size <= _SHOWN:
                plural = "s" if touched.size > 1 else ""
                return f", all in {word}{plural} {listed([str(i) for i in touched])}"
    places = np.argwhere(off)
    if len(places) > _SHOWN:
        return ""
    return f", at {listed(['[' + ', '.join(str(i) for i in place) + ']' for place in places])}"


def _direction(name: str, wrong: Sequence[Seen]) -> str:
    """Say which way it points beside what is right, and how long it is."""
    one = _smallest(wrong)
    value, right = one.value.ravel(), one.right.ravel()
    if one.right.size < 2 or not value.any() or not right.any():
        return ""
    # Scaled first: the squares of an answer near the end of a double's range have no place in it.
    largest = float(np.abs(value).max()), float(np.abs(right).max())
    value, right = value / largest[0], right / largest[1]
    lengths = float(np.linalg.norm(value)), float(np.linalg.norm(right))
    apart = 0.5 * float(np.sum((value / lengths[0] - right / lengths[1]) ** 2))
    cosine = f"{1.0 - apart:.3f}" if apart > _PARALLEL else f"1 up to {apart:.1g}"
    if apart < _ROUNDING:
        cosine = "1"
    ratio = largest[0] / largest[1] * (lengths[0] / lengths[1])
    longer = (
        f"{number_of(ratio)} times as long" if math.isfinite(ratio) else "longer beyond measure"
    )
    return f"Its cosine to the right {noun(name)} is {cosine}, and it is {longer}."
