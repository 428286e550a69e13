"""From wrong answers to one diagnosis: a mistake that explains them together, or facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.explaining import NAMED_AT_ONCE, Explanation, explanations
from grader.diagnosis.facts import constant_of, facts
from grader.diagnosis.fitting import Question
from grader.diagnosis.guesses import Mistake
from grader.diagnosis.material import Sample
from grader.diagnosis.question import seen_of
from grader.diagnosis.sentences import told
from grader.records import Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers that the same mistakes explain; several mistakes that answer alike are all there."""

    questions: tuple[Question, ...]
    explanations: tuple[Explanation, ...]


def diagnose(names: Sequence[str], samples: Sequence[Sample]) -> Diagnosis | None:
    """Return what is wrong with the wrong answers of one item.

    Parameters
    ----------
    names
        The answers that were judged wrong.
    samples
        All draws of the probe, those included on which the answers are right: a mistake is named
        only if it reproduces an answer on every one of them.

    Returns
    -------
    Diagnosis or None
        None where nothing came back as numbers, or all that came back is right.
    """
    asked = [Question(name, seen) for name in names if (seen := seen_of(name, samples))]
    questions = [q for q in asked if not all(one.is_right for one in q.seen)]
    if not questions:
        return None
    with np.errstate(all="ignore"):
        found = {question.name: _explained(question, samples) for question in questions}
        groups = _grouped(questions, found)
    if not groups:
        return facts(questions)
    return Diagnosis(
        name="+".join(dict.fromkeys(_name(group) for group in groups)),
        sentence=" ".join(told(group.questions, group.explanations) for group in groups),
        answers=tuple(q.name for group in groups for q in group.questions),
    )


def _name(group: Group) -> str:
    return "|".join(dict.fromkeys(one.mistake.name for one in group.explanations))


def _explained(question: Question, samples: Sequence[Sample]) -> list[Explanation]:
    found = explanations(question)
    if constant_of(question) is not None:
        found = [one for one in found if _is_plain(one)]
    if len(found) > 1:
        against = [_contradictions(one.mistake.key, samples) for one in found]
        found = [one for one, count in zip(found, against, strict=True) if count == min(against)]
    found = [_of_bias(question, one, samples) for one in found]
    return list({one.claim: one for one in reversed(found)}.values())[::-1]


def _is_plain(found: Explanation) -> bool:
    """Whether a mistake is believed of an answer that is one number everywhere.

    Several mistakes at once, or a far-fetched one, that come out at it explain nothing.
    """
    is_factor = found.match.mistake is None
    return found.match.weight <= (NAMED_AT_ONCE if is_factor else 1.0)


def _contradictions(key: str, samples: Sequence[Sample]) -> int:
    """Return how many answers of the probe a mistake of the catalogue does not explain."""
    if not key:
        return 0
    count = 0
    for name in samples[0].right:
        for one in seen_of(name, samples):
            edited = one.sample.background.edits.get(key, {}).get(name, one.right)
            count += not one.equals(edited)
    return count


def _of_bias(question: Question, found: Explanation, samples: Sequence[Sample]) -> Explanation:
    """Call it an averaged bias where the weights' gradient is not divided by N as well."""
    if found.mistake.name != "mean_twice" or not question.name.startswith("db"):
        return found
    for name in (question.name.replace("db", "dW", 1), question.name.replace("db", "dw", 1)):
        weights = Question(name, seen_of(name, samples))
        is_wrong = bool(weights.seen) and not all(one.is_right for one in weights.seen)
        if is_wrong and any("mean_twice" in one.mistake.name for one in explanations(weights)):
            return found
    clause = "it is averaged over the examples where it should be summed"
    mistake = Mistake(name="bias_averaged", clause=clause)
    return Explanation(mistake=mistake, factor=found.factor, match=found.match)


def _grouped(questions: Sequence[Question], found: Mapping[str, list[Explanation]]) -> list[Group]:
    """Return the answers in groups that share an explanation, the first-named ones first."""
    groups: list[Group] = []
    for question in questions:
        own = found[question.name]
        for place, group in enumerate(groups):
            claims = {one.claim for one in own}
            shared = tuple(one for one in group.explanations if one.claim in claims)
            if shared:
                members = (*group.questions, question)
                groups[place] = Group(questions=members, explanations=shared)
                break
        else:
            if own:
                groups.append(Group(questions=(question,), explanations=tuple(own)))
    return groups
