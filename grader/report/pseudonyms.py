"""How is a run shown to somebody who is not to know whose submissions they are?

A pseudonym follows from who it is and a key that lies with the run: the same in every report of it,
and nothing that can be worked out from a list of names without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from grader.records import Diagnosis, Evidence, LoadReport, Person, ScoreSheet, Verdict

_FEWEST_LETTERS, _FEWEST_DIGITS = 3, 4
_PART = re.compile(r"[^\W\d_]+")


def pseudonym(key: bytes, submission: str) -> str:
    """Return what a submission is called instead.

    >>> pseudonym(b"key", "amber-fox")
    'student-c1fb0ad87d'
    """
    told = hmac.new(key, submission.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return f"student-{told.hexdigest()[:10]}"


def anonymous(sheet: ScoreSheet, name: str) -> ScoreSheet:
    """Return a sheet under a pseudonym, which also stands in its texts for who handed it in.

    Ids, e-mails, full names and each word of a name are replaced wherever they stand as words of
    their own, in paths, messages and notes. What is not: nicknames, other people's names, ids of
    fewer than four digits, and names that are cut or joined in ways of their own.

    Parameters
    ----------
    sheet
        As it was graded.
    name
        The pseudonym.
    """
    clean = _cleaner(sheet, name)

    def clean_all(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(clean, texts))

    def clean_verdict(verdict: Verdict) -> Verdict:
        return replace(
            verdict,
            message=clean(verdict.message),
            notes=clean_all(verdict.notes),
            details=clean(verdict.details),
            evidence=tuple(map(clean_evidence, verdict.evidence)),
            diagnosis=verdict.diagnosis and clean_diagnosis(verdict.diagnosis),
        )

    def clean_evidence(seen: Evidence) -> Evidence:
        return replace(seen, detail=clean(seen.detail))

    def clean_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
        return replace(diagnosis, sentence=clean(diagnosis.sentence))

    def clean_load(load: LoadReport) -> LoadReport:
        return replace(
            load,
            root=clean(load.root),
            loaded=clean_all(load.loaded),
            failures=clean_all(load.failures),
            notes=clean_all(load.notes),
        )

    sections = {person.section for person in sheet.people}
    return replace(
        sheet,
        submission=name,
        people=(Person(student_id=name, section=sections.pop() if len(sections) == 1 else ""),),
        scores=tuple(
            replace(score, verdict=clean_verdict(score.verdict)) for score in sheet.scores
        ),
        flags=clean_all(sheet.flags),
        # A reason (an illness) may tell who it is; what concerns one of a group tells it surely.
        adjustments=tuple(
            replace(one, reason="reason left out") for one in sheet.adjustments if not one.student
        ),
        problems=clean_all(sheet.problems),
        load=sheet.load and clean_load(sheet.load),
    )


def _cleaner(sheet: ScoreSheet, name: str) -> Callable[[str], str]:
    """Return what replaces everything by which a sheet's people are called."""
    called = {sheet.submission}
    for person in sheet.people:
        called |= {person.student_id, person.email, person.email.partition("@")[0]}
        parts = _PART.findall(person.name)
        called |= {person.name, *parts, "".join(parts), "".join(reversed(parts))}
    telling = sorted(filter(_is_telling, called), key=lambda word: (-len(word), word))
    if not telling:
        return lambda text: text
    # Any sign may stand where one stands in the name: "Ana Ruiz", "ana_ruiz", "ana-ruiz".
    shapes = [r"[\W_]*".join(map(re.escape, re.findall(r"[^\W_]+", word))) for word in telling]
    found = re.compile(
        r"(?<![^\W_])(?:" + "|".join(filter(None, shapes)) + r")(?![^\W_])", re.IGNORECASE
    )
    return lambda text: found.sub(name, text)


def _is_telling(word: str) -> bool:
    """Tell a name from a few letters or digits that mean anything."""
    least = _FEWEST_DIGITS if word.isdigit() else _FEWEST_LETTERS
    return sum(letter.isalnum() for letter in word) >= least
