"""What does the judge make of right and of wrong code for one problem? Counted, for the table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from bench.hostile_draws import HOSTILE, hostile_draw
from bench.naming import is_alias, name_of, name_of_state
from bench.numeric_figures import judge_right_numerically, judge_wrong_numerically
from bench.trust_counts import Extent, Figures, changed_answers
from bench.usual_checks import THRESHOLDS, errors_of, worst_error
from grader.checks import CHECKS, NeedMore, Question
from grader.records import Draw, Failed, Outcome
from tests.bank import ROWS
from tests.bank.mutations import frozen, mutated
from tests.bank.right import HABITS, SINGLE, Right, is_unstable, right_variants
from tests.bank.trial import (
    Options,
    Setting,
    answered,
    answers_of,
    draw_of,
    given_to,
    keys_of,
    sent,
    verdict_on,
)
from tests.scoring.made import item


def measured(problem_id: str, extent: Extent) -> Figures:
    """Return all figures of a problem."""
    figures = Figures()
    start = time.process_time()
    judge_right(problem_id, extent, figures)
    judge_wrong(problem_id, extent, figures)
    judge_mutations(problem_id, extent, figures)
    judge_hostile(problem_id, extent, figures)
    judge_usually(problem_id, extent, figures)
    judge_right_numerically(problem_id, extent, figures)
    judge_wrong_numerically(problem_id, extent, figures)
    figures.counts["cpu_ms"] += round(1e3 * (time.process_time() - start))
    return figures


# --- right code ----------------------------------------------------------------------------


def judge_right(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge every right variant on every set; the habits under all conventions by turns."""
    variants = list(right_variants(problem_id))
    conventions = conventions_of(problem_id)
    for number in range(extent.sets):
        chosen = conventions[number % len(conventions)]
        certified = set()
        for variant in variants:
            options = chosen if variant.name in HABITS else variant.options
            setting = Setting(problem=problem_id, options=options, seed=extent.seed + number)
            certified |= {(options, key) for key in keys_of(setting)}
            _judge_right(variant, setting, figures)
        figures.counts["draws"] += len(certified)


def conventions_of(problem_id: str) -> list[Options]:
    """Return every combination of a problem's options, the defaults first."""
    options = Setting(problem=problem_id).reference.options
    return [tuple(zip(options, chosen, strict=True)) for chosen in product(*options.values())]


def _judge_right(variant: Right, setting: Setting, figures: Figures) -> None:
    answers = answered(variant.solve, setting)
    given = next(iter(answers.values()))
    for name in (name for name in answers_of(setting) if name in given):
        start = time.perf_counter()
        verdict = verdict_on(name, answers, variant.solve, setting)
        figures.counts["check_us"] += round(1e6 * (time.perf_counter() - start))
        figures.counts["right"] += 1
        figures.counts["right_evaluations"] += len({e.draw for e in verdict.evidence})
        if verdict.outcome is Outcome.CORRECT:
            continue
        kind = "unsure_right" if verdict.outcome is Outcome.UNSURE else "false_failures"
        figures.counts[kind] += 1
        figures.findings.append(f"{kind}: {variant} {name} {setting.options} seed {setting.seed}")


# --- wrong code ------------------------------------------------------------------------------


def judge_wrong(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge the bank's variants, and have them named."""
    for row in (row for row in ROWS if row.problem == problem_id):
        figures.counts["variants"] += 1
        outcomes = set()
        for number in range(extent.wrong_sets):
            setting = replace(row.setting, seed=extent.seed + number)
            solve = row.variant().solve
            answers = answered(solve, setting)
            spoilt = changed_answers(answers, setting)
            outcomes |= {verdict_on(n, answers, solve, setting).outcome for n in spoilt}
            if number == 0:
                # As the toolkit does: what is not the same twice is called that, whatever it is.
                name = name_of_state(solve, row.variant().solve, answers, setting) or name_of(
                    spoilt, answers, setting
                )
                _count_name(row.names, name, str(row), figures)
            if not spoilt:
                figures.findings.append(f"not spoilt: {row} seed {setting.seed}")
                outcomes.add(Outcome.CORRECT)
        _count_wrong(outcomes, "", str(row), figures)


def _count_wrong(outcomes: set[Outcome], prefix: str, told: str, figures: Figures) -> None:
    if Outcome.CORRECT in outcomes:
        figures.counts[f"{prefix}passes"] += 1
        figures.findings.append(f"{prefix}passes: {told}")
    elif Outcome.UNSURE in outcomes:
        figures.counts[f"{prefix}unsure_wrong"] += 1
        figures.findings.append(f"{prefix}unsure: {told}")


def _count_name(names: frozenset[str], name: str, told: str, figures: Figures) -> None:
    """Count a diagnosis; each part of it has to hold one of the right names."""
    if names:
        figures.counts["nameable"] += 1
    if not name:
        figures.counts["unnamed" if names else "rightly_silent"] += 1
        if names:
            figures.findings.append(f"unnamed: {told} ({', '.join(sorted(names))})")
    elif all(set(part.split("|")) & names for part in name.split("+")):
        figures.counts["named_right"] += 1
    else:
        figures.counts["named_wrong"] += 1
        figures.findings.append(f"named wrongly: {told} {name} ({', '.join(sorted(names))})")


def judge_mutations(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge the frozen mutations, and see whether their names hold on other draws."""
    listed = [
        m for m, status in frozen().items() if m.problem == problem_id and status == "changes"
    ]
    setting = Setting(problem=problem_id, seed=extent.seed)
    for mutation in listed[:: extent.every]:
        figures.counts["mutations"] += 1
        solve = mutated(mutation).solve
        answers = answered(solve, setting)
        spoilt = changed_answers(answers, setting)
        outcomes = {verdict_on(n, answers, solve, setting).outcome for n in spoilt}
        told = " ".join(mutation.key.split("\t"))
        _count_wrong(outcomes, "mutation_", told, figures)
        name = name_of(spoilt, answers, setting)
        if name and is_alias(name, spoilt, solve, replace(setting, seed=extent.seed + 1000)):
            figures.counts["mutations_named"] += 1
        elif name:
            figures.counts["mutations_named_wrong"] += 1
            figures.findings.append(f"named wrongly: {told} {name}")


# --- hostile draws -----------------------------------------------------------------------------


def judge_hostile(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Judge right variants on draws without a certificate."""
    setting = Setting(problem=problem_id)
    variants = [
        variant
        for variant in right_variants(problem_id)
        if not variant.options and not is_unstable(variant)
    ]
    for kind, index in product(HOSTILE, range(extent.hostile)):
        draw = hostile_draw(setting.reference, kind, setting.full_options, index, extent.seed)
        if draw is None:
            continue
        figures.counts["hostile_draws"] += 1
        figures.counts["hostile_certified"] += draw.certificate["certified"] > 0
        for variant in variants:
            for name, outcome in _on_hostile(variant, setting, draw):
                _count_hostile(f"{variant} {name} {kind} {index}", variant, outcome, draw, figures)


def _on_hostile(variant: Right, setting: Setting, draw: Draw) -> Iterator[tuple[str, Outcome]]:
    """Yield the outcome of each answer, ``unsure`` where further draws are asked for."""
    came = given_to(variant.solve, draw.inputs, setting.full_options)
    for name in draw.expected[""] if isinstance(came, Failed) else came:
        answer = came if isinstance(came, Failed) else sent({name: came[name]})[name]
        check = "gradient" if name in setting.reference.gradients else "value"
        verdict = CHECKS[check](
            Question(
                item=item(answers=(name,), check=check),
                draws={draw.key: draw},
                answers={draw.key: {name: answer}},
            )
        )
        yield name, Outcome.UNSURE if isinstance(verdict, NeedMore) else verdict.outcome


def _count_hostile(
    told: str, variant: Right, outcome: Outcome, draw: Draw, figures: Figures
) -> None:
    """Count a verdict, apart for single precision and for draws that are certified after all."""
    prefix = "hostile_single" if variant.name in SINGLE else "hostile"
    figures.counts[f"{prefix}_right"] += 1
    if outcome is Outcome.UNSURE:
        figures.counts[f"{prefix}_unsure"] += 1
    elif outcome is not Outcome.CORRECT:
        figures.counts[f"{prefix}_failures"] += 1
        figures.counts["hostile_certified_failures"] += draw.certificate["certified"] > 0
        figures.findings.append(f"{prefix} failure: {told}")


# --- the usual check -----------------------------------------------------------------------------


def judge_usually(problem_id: str, extent: Extent, figures: Figures) -> None:
    """Let the usual check judge the reference and the bank's variants on the same draws."""
    if not Setting(problem=problem_id).reference.gradients:
        return
    for number in range(extent.usual_sets):
        setting = Setting(problem=problem_id, seed=extent.seed + number)
        for key in keys_of(setting):
            _check_reference_usually(setting, draw_of(setting, key).inputs, figures)
    for row in (row for row in ROWS if row.problem == problem_id):
        setting = replace(row.setting, seed=extent.seed)
        variant, worst = row.variant(), 0.0
        for key in keys_of(setting):
            inputs = draw_of(setting, key).inputs
            worst = max(
                worst,
                worst_error(setting.reference, variant.solve, inputs, setting.full_options),
            )
            if worst > THRESHOLDS[-1]:
                break
        figures.counts["usual_variants"] += 1
        for bound in THRESHOLDS:
            figures.counts[f"usual_passes_{bound:.0e}"] += worst <= bound


def _check_reference_usually(
    setting: Setting, inputs: Mapping[str, object], figures: Figures
) -> None:
    problem = setting.reference
    start = time.perf_counter()
    for _, error, evaluations in errors_of(problem, problem.solve, inputs, setting.full_options):
        figures.counts["usual_right"] += 1
        figures.counts["usual_evaluations"] += evaluations
        for bound in THRESHOLDS:
            figures.counts[f"usual_failures_{bound:.0e}"] += not error <= bound
    figures.counts["usual_us"] += round(1e6 * (time.perf_counter() - start))
