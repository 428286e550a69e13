"""What does ``method: numeric`` make of right and of wrong gradients? Counted, for the table."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bench.trust_counts import Extent, Figures, changed_answers
from grader.records import Outcome
from tests.bank import ROWS
from tests.bank.by_numbers import Losses, gradients_of, verdict_by_numbers
from tests.bank.right import right_variants
from tests.bank.trial import Answers, answered


def judge_right_numerically(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge the gradients of right variants by numeric derivatives of their own losses."""
    for number in range(extent.numeric_sets):
        for variant in list(right_variants(problem_id))[:: extent.numeric_every]:
            setting = replace(variant.setting, seed=extent.seed + number)
            answers = answered(variant.solve, setting)
            given = next(iter(answers.values()))
            names = [name for name in gradients_of(setting) if name in given]
            losses = Losses(variant.solve, setting)
            start = time.perf_counter()
            outcomes = _outcomes(names, answers, losses)
            figures.counts["numeric_us"] += round(1e6 * (time.perf_counter() - start))
            figures.counts["numeric_evaluations"] += losses.evaluations
            figures.counts["numeric_right"] += len(names)
            for name, outcome in zip(names, outcomes, strict=True):
                _count(outcome, f"{variant} {name} seed {setting.seed}", figures)


def _count(outcome: Outcome, told: str, figures: Figures) -> None:
    if outcome is not Outcome.CORRECT:
        is_unsure = outcome is Outcome.UNSURE
        kind = "numeric_unsure_right" if is_unsure else "numeric_failures"
        figures.counts[kind] += 1
        figures.findings.append(f"{kind}: {told}")


def judge_wrong_numerically(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge the spoilt gradients of the bank's variants by their own losses."""
    rows = [row for row in ROWS if row.problem == problem_id]
    for row in rows[:: extent.numeric_every] if extent.numeric_sets else ():
        setting = replace(row.setting, seed=extent.seed)
        solve = row.variant().solve
        answers = answered(solve, setting)
        spoilt = set(changed_answers(answers, setting))
        names = [name for name in gradients_of(setting) if name in spoilt]
        if not names:
            continue
        figures.counts["numeric_variants"] += 1
        outcomes = Counter(_outcomes(names, answers, Losses(solve, setting)))
        for outcome, kind in ((Outcome.CORRECT, "passes"), (Outcome.UNSURE, "unsure_wrong")):
            if outcomes[outcome]:
                figures.counts[f"numeric_{kind}"] += 1
                figures.findings.append(f"numeric_{kind}: {row}")
                break


def _outcomes(names: Iterable[str], answers: Answers, losses: Losses) -> list[Outcome]:
    return [verdict_by_numbers(name, answers, losses).outcome for name in names]
