"""Does a rubric keep what it promises? Proved on its own draws, starter, solutions and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks.draws import keys_of
from grader.errors import Complaint, RubricError, UsageError
from grader.grading.advice import advice, lost_in
from grader.grading.examiner import Examiner
from grader.grading.examples import FOLDER, Example, examples_of, folder_of, unexpected
from grader.grading.isolation import Demand, isolation
from grader.grading.mistakes import trials
from grader.grading.plan import Plan
from grader.grading.planning import plan_of
from grader.records import Probe, Rubric, ScoreSheet, Submission
from grader.report.escaping import counted, number_text
from grader.rubric.courses import Selection
from grader.rubric.loading import read as read_rubric
from grader.rubric.outline import Outline
from grader.submission import one_submission, read

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
Examine = Callable[[Submission], ScoreSheet]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a proof: what was looked at, and what came of it."""

    name: str
    result: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of one rubric.

    Parameters
    ----------
    rubric
        Its path.
    steps
        In the order in which they were taken; those after an obstacle are missing.
    errors
        What makes it unfit for grading, each at its file and line.
    warnings
        What an author should look at once.
    """

    rubric: str
    steps: tuple[Step, ...]
    errors: tuple[Complaint, ...]
    warnings: tuple[Complaint, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against grading by it."""
        return not self.errors


def lint(
    file: Path,
    solution: Path | None = None,
    demand: Demand | None = None,
    selection: Selection | None = None,
) -> Proof:
    """Prove a rubric: its draws under every choice of its options, all else under one.

    Parameters
    ----------
    file
        Its YAML file.
    solution
        A submission that must have full marks, beside the right ones among the examples.
    demand
        What isolation starter, solutions and examples need beside what the rubric demands.
    selection
        What is chosen of its options in place of the defaults.

    Raises
    ------
    UsageError
        If the rubric or the solution cannot be read.
    IsolationError
        If this machine isolates less than that.
    GraderFault
        If our own machinery fails.
    """
    try:
        reading = read_rubric(file)
    except RubricError as error:
        count = len(error.complaints)
        step = Step(name="reads", result=FAILED, detail=counted(count, "mistake"))
        return Proof(rubric=str(file), steps=(step,), errors=error.complaints)
    rubric = reading.rubric(selection or Selection())
    walls = isolation(demand or Demand(), rubric)
    others = [other for other in reading.rubrics() if other.chosen != rubric.chosen]
    proving = _Proving(rubric, file, others)
    proving.take("reads", [], f"{len(rubric.items)} items, {number_text(rubric.maximum)} points")
    if proving.take("inputs", list(proving.uncertified()), proving.drawn):
        proving.try_mistakes()
        examiner = Examiner(proving.plan, level=walls.level)
        try:
            proving.run(lambda submission: examiner.examine(submission)[0], solution, walls.level)
        finally:
            examiner.close()
    return proving.proof()


class _Proving:
    """The steps of one proof, and what they have found so far."""

    def __init__(self, rubric: Rubric, file: Path, others: Sequence[Rubric] = ()) -> None:
        self.rubric = rubric
        self.others = [plan_of(other, other.items, other.seed) for other in others]
        self.file = file
        self.outline = Outline.of(file, rubric.chosen)
        self.plan = plan_of(rubric, rubric.items, rubric.seed)
        self.steps: list[Step] = []
        self.errors: list[Complaint] = []
        self.warnings: list[Complaint] = []
        self.lost: set[str] = set()

    def take(self, name: str, errors: list[Complaint], detail: str) -> bool:
        """Note a step, and return whether it succeeded."""
        told = counted(len(errors), "error") if errors else detail
        self.steps.append(Step(name=name, result=FAILED if errors else OK, detail=told))
        self.errors += errors
        return not errors

    def skip(self, name: str, detail: str) -> None:
        """Note a step that could not be taken, which is a warning too."""
        self.steps.append(Step(name=name, result=SKIPPED, detail=detail))
        self.warnings.append(self.outline.at_all(detail))

    def proof(self) -> Proof:
        """Return what was found."""
        return Proof(
            rubric=str(self.file),
            steps=tuple(self.steps),
            errors=tuple(self.errors),
            warnings=tuple(self.warnings),
        )

    # --- the draws ------------------------------------------------------------------------

    def uncertified(self) -> Iterator[Complaint]:
        """Yield the cases whose inputs cannot be drawn and certified, under any convention."""
        seen: set[str] = set()
        for plan in (self.plan, *self.others):
            outline = Outline.of(self.file, plan.rubric.chosen)
            for probe in plan.probes:
                drawn = plan.digest_of_draws(probe)
                if drawn not in seen:
                    yield from _uncertified(plan, probe, outline)
                seen.add(drawn)

    @property
    def drawn(self) -> str:
        """How many draws are certified, in words."""
        probes = counted(len(self.plan.probes), "probe")
        told = f"{counted(len(self.plan.draws), 'draw')} of {probes} certified"
        more = sum(len(plan.draws) for plan in self.others)
        ways = counted(len(self.others), "further choice")
        return f"{told}, and {more} under {ways}" if self.others else told

    def try_mistakes(self) -> None:
        """Each known mistake loses points; those that do not are warnings."""
        tried = 0
        free: list[Complaint] = []
        for trial in trials(self.plan):
            tried += len(trial.tried)
            self.lost |= trial.lost
            free += [
                self.outline.of_probe(
                    trial.items[0].probe, f"a known mistake loses no points, {mistake}: {clause}"
                )
                for mistake, clause in trial.free.items()
            ]
        self.warnings += free
        losing = counted(tried - len(free), "known mistake")
        self.take("mistakes", [], f"{losing} of {tried} lose points")

    # --- what is run ----------------------------------------------------------------------

    def run(self, examine: Examine, solution: Path | None, level: int | None) -> None:
        """Take the steps for which code is run: the starter, then what is right, then the rest."""
        self._starter(examine)
        examples, wrong = examples_of(self.rubric, self.file)
        sheets = {example.student: examine(example.submission) for example in examples}
        self._solutions(examine, solution, [e for e in examples if e.is_right(self.rubric)], sheets)
        self._examples(examples, sheets, wrong)
        self.lost |= {item for sheet in sheets.values() for item in lost_in(sheet)}
        for plan in self.others:
            self._examples_elsewhere(plan, level)
        self.warnings += advice(self.plan, self.outline, self.lost)
        self.take("advice", [], counted(len(self.warnings), "warning"))

    def _starter(self, examine: Examine) -> None:
        """The untouched starter loads, and earns nothing."""
        if not self.rubric.starter:
            self.skip("starter", "there is no starter: nothing shows what an untouched file earns")
            return
        untouched = Submission(id="starter", people=(), files=self.rubric.starter)
        sheet = examine(untouched)
        errors = [
            self.outline.of_item(
                score.item.id,
                f"the untouched starter earns {number_text(score.points)} "
                f"of {number_text(score.item.points)} points here",
            )
            for score in sheet.scores
            if score.points
        ]
        failures = sheet.load.failures if sheet.load is not None else ()
        errors += [self.outline.at_all(f"the starter does not load: {told}") for told in failures]
        self.take("starter", errors, "loads, and earns no points")

    def _solutions(
        self,
        examine: Examine,
        solution: Path | None,
        right: list[Example],
        sheets: dict[str, ScoreSheet],
    ) -> None:
        """What is right has all the points that no person gives."""
        proved = {example.student: sheets[example.student] for example in right}
        if solution is not None:
            proved[str(solution)] = examine(
                read(one_submission([solution], self.rubric.modules.expected))
            )
        if not proved:
            told = "no right solution is known: name one with --solution, or keep examples"
            self.skip("solutions", told)
            return
        errors = [
            error for name, sheet in proved.items() for error in _short_of_full(self, name, sheet)
        ]
        self.take("solutions", errors, f"{counted(len(proved), 'solution')} with full marks")

    def _examples(
        self, examples: list[Example], sheets: dict[str, ScoreSheet], wrong: list[Complaint]
    ) -> None:
        """Every example has exactly the points that were worked out for it."""
        if not examples and not wrong:
            folder = f"{FOLDER}/{folder_of(self.rubric)}"
            self.skip("examples", f"there are no examples: {folder}")
            return
        errors = [*wrong]
        for example in examples:
            errors += unexpected(example, sheets[example.student])
        self.take("examples", errors, f"{counted(len(examples), 'example')} as expected")

    def _examples_elsewhere(self, plan: Plan, level: int | None) -> None:
        """The examples of another choice, where it has any, have their points too."""
        examples, errors = examples_of(plan.rubric, self.file)
        if not examples and not errors:
            return
        examiner = Examiner(plan, level=level)
        try:
            for example in examples:
                sheet, _ = examiner.examine(example.submission)
                self.lost |= set(lost_in(sheet))
                errors += unexpected(example, sheet)
        finally:
            examiner.close()
        name = folder_of(plan.rubric).partition("@")[2]
        self.take(f"examples of {name}", errors, f"{counted(len(examples), 'example')} as expected")


def _uncertified(plan: Plan, probe: Probe, outline: Outline) -> Iterator[Complaint]:
    """Yield the first case of a probe whose inputs cannot be certified."""
    for key in keys_of(probe):
        try:
            plan.draw(key)
        except UsageError as error:
            chosen = ", ".join(f"{name} is {one}" for name, one in plan.rubric.chosen.items())
            told = f"{error} (where {chosen})" if chosen else str(error)
            yield outline.of_case(probe.id, key.case, told)
            break


def _short_of_full(proving: _Proving, name: str, sheet: ScoreSheet) -> Iterator[Complaint]:
    """Yield the items of which a right solution has not all points; a person's are left out."""
    for score in sheet.scores:
        if score.item.is_probed and score.points != score.item.points:
            earned = "no points yet" if score.points is None else f"{number_text(score.points)}"
            told = f"the solution {name} has {earned} of {number_text(score.item.points)} here"
            message = f"{told} ({score.verdict.outcome}): {score.verdict.message}"
            yield proving.outline.of_item(score.item.id, message)
