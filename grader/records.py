"""The nouns of the toolkit: what flows from stage to stage, each a frozen record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


class Outcome(str, Enum):
    """What came of one item. "No verdict" is never a pass and never a silent zero."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNSURE = "unsure"
    NOT_IMPLEMENTED = "not_implemented"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    LOAD_FAILED = "load_failed"
    UNSTABLE = "unstable"
    BLOCKED = "blocked"
    AWAITING_MARK = "awaiting_mark"
    WAIVED = "waived"
    NOT_SUBMITTED = "not_submitted"
    GRADER_FAULT = "grader_fault"

    def __str__(self) -> str:
        return self.value


UNDECIDED = frozenset({Outcome.UNSURE, Outcome.AWAITING_MARK, Outcome.GRADER_FAULT})
"""Outcomes without points: a person, or a mended grader, decides."""


NEEDS_RERUN = "needs a rerun"
"""How the note of a verdict begins that is open for want of an answer: no person's to decide."""


# --- submissions ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of a submission, as bytes that were read once."""

    path: str
    """Path inside the submission, with forward slashes."""
    data: bytes
    modified: int = 0
    """When it was changed, in seconds, where an archive tells so; 0 elsewhere: times on disk are
    those of the download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One student; empty strings where a source does not tell."""

    student_id: str
    name: str = ""
    email: str = ""
    section: str = ""
    late_s: int = 0
    """By how much it was handed in late, in seconds, where a source tells; 0 elsewhere."""


ENVIRONMENT = "environment: "
"""How what is told begins that is no mistake of the homework, but a newer NumPy's doing."""
ADAPTER = "the adapter"
"""How what is told about an adapter begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Who handed in, and what.

    ``id`` is generated and safe as a file name; nothing that a student wrote ever becomes a path.
    """

    id: str
    people: tuple[Person, ...]
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...] = ()
    """What discovery met: a skipped file, a duplicate."""
    problems: tuple[str, ...] = ()
    """What a TA must look at: a file that could not be read. Makes the exit code 1."""
    adapter: SourceFile | None = None
    """A person's code that brings it under the names that the probes ask for."""

    @property
    def owner(self) -> str:
        """Whose draws it has where everybody has their own: all members' ids, in one order."""
        return "\n".join(sorted(person.student_id for person in self.people)) or self.id

    @property
    def hashed(self) -> tuple[SourceFile, ...]:
        """All files that its answers depend on, under paths of their own."""
        if self.adapter is None:
            return self.files
        # No file that was handed in can have this path: there it would be a folder's name.
        own = SourceFile(path=f"/adapter/{self.adapter.path}", data=self.adapter.data)
        return (*self.files, own)


# --- rubrics -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one probe call, and one submission, may use."""

    cpu_s: float = 10.0
    """CPU seconds of one probe call."""
    load_s: float = 10.0
    """CPU seconds for loading all files."""
    wall_s: float | None = None
    """Wall seconds of one call; without it three times the CPU limit plus two seconds."""
    total_s: float = 240.0
    """CPU seconds of a whole submission; what is left over then is not run."""
    memory_mb: int = 1024
    """Address space of the child."""
    output_kb: int = 1024
    """What it may write to its standard output and error together."""

    def wall(self, cpu_s: float) -> float:
        """Return the wall limit that goes with a CPU limit, both in seconds."""
        return self.wall_s if self.wall_s is not None else 3.0 * cpu_s + 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """What a submission may import, beside its own files."""

    expected: tuple[str, ...]
    """Paths under the package root, such as ``nndl/layers.py``: they tell where the root is."""
    preload: tuple[str, ...] = ()
    stand_in: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    numpy_compat: bool = False
    """Whether names that older NumPy had are provided."""
    readable: tuple[str, ...] = ()
    """Files and folders of the rubric that its code may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRef:
    """A problem of ``reference/`` with the options that a probe fixes."""

    id: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRef:
    """A data set that a training probe draws: ``count`` examples each for three purposes."""

    id: str
    train: int
    validation: int
    test: int
    """Examples of the hidden third set, whose labels never leave the grader."""
    parameters: Mapping[str, float]
    is_overfit: bool = False
    """Whether the training set itself is to be learnt by heart; there is no hidden one then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """What a probe draws that only reads what a submission states."""


Source = ProblemRef | DatasetRef | Nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A named regime of draws."""

    name: str
    draws: int
    overrides: Mapping[str, float | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of calling a student's interface."""

    name: str
    code: str
    fallback: bool = False
    """True for the block that runs where no other one works; the report says that it was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How this course's interface is called on a draw, and which named answers come back."""

    id: str
    source: Source
    cases: tuple[Case, ...]
    variants: tuple[Variant, ...]
    answers: Mapping[str, str]
    """Answer name -> Python expression, evaluated in the child after the variant's code."""
    constants: Mapping[str, Any]
    """The rubric's ``with:``, names that the code sees."""
    limits: Limits
    loss: str = ""
    """Expression of the student's own loss, whose derivative an answer may be instead."""
    again: str = ""
    """Code that asks the same objects a second time; empty where the code itself is repeated."""
    per_student: bool = False
    """Whether everybody has draws of their own, by a hash of who it is with a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items that share a convention: one accepted combination of options holds for all."""

    id: str
    accept: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the score sheet."""

    id: str
    title: str
    section: str
    points: Decimal
    check: str
    probe: str
    answers: tuple[str, ...]
    group: str | None
    case_weights: Mapping[str, Decimal]
    """Share of each weighted case; empty where all cases stand together."""
    answer_weights: Mapping[str, Decimal]
    """Share of each answer; empty where all answers stand together."""
    parameters: Mapping[str, Any]
    """What this check alone reads: ``threshold`` of a training, say."""
    hint: str
    visibility: str
    carried: Decimal = Decimal(0)
    """Share of a wrong answer that follows rightly from an earlier mistake of the student's own."""
    given: tuple[str, ...] = ()
    """Answers of the probe from which it may follow."""
    mutated: Decimal = Decimal(1)
    """Share that is left where the code changes its inputs in place."""
    ways: tuple[Item, ...] = ()
    """The ways to earn it, each judged as an item of its own; the better one counts."""
    leader: Leader | None = None
    """What it puts on the leaderboard, if the rubric asks for that."""

    @property
    def asked(self) -> tuple[Item, ...]:
        """What is judged: its ways, or the item itself."""
        return self.ways or (self,)

    @property
    def is_probed(self) -> bool:
        """Whether a submission is asked for it at all."""
        return any(one.probe for one in self.asked)


ANY_OF = "any_of"
"""Check of an item that is earned in one of several ways."""
_BETWEEN = ":"
"""Between an item's id and the name of a way; no id holds it."""


def way_id(item: str, name: str) -> str:
    """Return the id of one way to earn an item."""
    return f"{item}{_BETWEEN}{name}"


def parts_of_way(asked: str) -> tuple[str, str]:
    """Return the item's id and the way's name, empty where it is the item itself.

    >>> parts_of_way(way_id("q1.dW", "code")), parts_of_way("q1.dW")
    (('q1.dW', 'code'), ('q1.dW', ''))
    """
    item, _, name = asked.partition(_BETWEEN)
    return item, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Items that a student who writes the phrase somewhere in their files need not do."""

    id: str
    phrase: str
    items: tuple[str, ...]
    """Item ids, or patterns such as ``q2.*``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What a late submission loses: a percentage for each day that has begun."""

    per_day: Decimal
    """Percent for each day."""
    is_of_earned: bool = False
    """Whether it is percent of the points that were earned, not of the maximum."""
    grace_s: int = 0
    """Seconds that are taken off the lateness before its days are counted."""
    most: Decimal = Decimal(100)
    """Percent that are lost at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """What an item puts on Gradescope's leaderboard."""

    name: str
    of: str
    """``points``, or the ``accuracy`` that a training has reached."""
    order: str = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What a course chooses where it uses a rubric: a year, what p of dropout means."""

    id: str
    title: str
    default: str
    choices: Mapping[str, Mapping[str, Any]]
    """Choice -> the names that it sets, beside the option's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """One homework: how it is called, judged and scored."""

    id: str
    title: str
    seed: int
    modules: Modules
    limits: Limits
    probes: Mapping[str, Probe]
    groups: Mapping[str, Group]
    items: tuple[Item, ...]
    starter: tuple[SourceFile, ...]
    digest: str
    """Hash of rubric.yaml, its starter files and what was chosen of its options."""
    waivers: tuple[Waiver, ...] = ()
    adapters: Mapping[str, SourceFile] = field(default_factory=dict)
    """Student or submission -> the adapter that lies beside the rubric, for its examples."""
    options: tuple[Option, ...] = ()
    """What can be chosen."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Option -> the choice that all of the above holds for."""
    readable: tuple[SourceFile, ...] = ()
    """Files that student code may read, each by its path from where it runs."""
    level: int = 0
    """Lowest isolation level that it demands; 0 where it leaves that to the command."""
    late: LatePolicy | None = None
    """What a late submission loses; None where the rubric says nothing of it."""

    @property
    def asked(self) -> tuple[Item, ...]:
        """What is judged: the items, those with several ways by each of them."""
        return tuple(one for item in self.items for one in item.asked)

    @property
    def maximum(self) -> Decimal:
        """Sum of the items' points."""
        return sum((item.points for item in self.items), Decimal(0))


# --- draws ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class DrawKey:
    """Names one draw of one probe: probe id, case and number within the case."""

    probe: str
    case: str
    index: int

    def __str__(self) -> str:
        return f"{self.probe}/{self.case}/{self.index}"


@dataclass(frozen=True, slots=True)
class SweepKey:
    """Names one line along which one input of a draw is moved, while the own loss is watched."""

    draw: DrawKey
    wrt: str
    line: int = 0
    entry: int | None = None
    """Flat index, where the line is the axis of one entry."""
    answer: str = ""
    """Where it is set, there is no line: the loss and this answer are asked for once more, with
    other data, and come back in one flat array."""

    def __str__(self) -> str:
        if self.answer:
            return f"{self.draw}/{self.wrt}/other data for {self.answer}"
        along = f"line {self.line}" if self.entry is None else f"entry {self.entry}"
        return f"{self.draw}/{self.wrt}/{along}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The right answer on a draw, and how far rounding alone can move it.

    ``unit`` and ``unit32`` are the largest deviations that jitters of one unit in the last place
    (of double and of single precision) cause, with the type's rounding of the largest entry.
    """

    value: Array
    unit: float
    unit32: float
    stabilised: Mapping[str, Array] = field(default_factory=dict)
    """What is right as well: ``"log(p + 1e-08)"`` -> the value with that stabiliser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One certified set of inputs, with its right answers under each accepted convention."""

    key: DrawKey
    inputs: Mapping[str, Any]
    """What the student's process is given."""
    expected: Mapping[str, Mapping[str, Expected]]
    """Convention (``"scaling=sum"``, or ``""`` where there is one) -> answer -> Expected."""
    withheld: Mapping[str, Array] = field(default_factory=dict)
    """What never leaves the grader: the labels of a hidden test set."""
    certificate: Mapping[str, float] = field(default_factory=dict)
    """Evidence: the kink margin, and each gradient's distance to the complex step in units."""


# --- answers -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """An answer that came back as numbers."""

    value: Array
    kind: str = "ndarray"
    """What the student's object was: ndarray, float, list, matrix, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An answer that did not come back, and why."""

    outcome: Outcome
    message: str
    """For the student: the exception with the student's own frames, or what ended the call."""
    exception: str = ""
    """Class name of the exception, empty where there was none."""
    where: str = ""
    """``file:line`` in the student's code, as far as it is known."""


Answer = Returned | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the kernel says a call or a child used."""

    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the calls of one probe have used together."""

    calls: int
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """All answers of one call of one probe."""

    answers: Mapping[str, Answer]
    usage: Usage
    output: str = ""
    """The head of what the student's code printed meanwhile."""
    mutated: tuple[str, ...] = ()
    """Inputs that the student's code changed in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What came of loading a submission's files."""

    root: str
    """Package root inside the submission."""
    loaded: tuple[str, ...]
    failures: tuple[str, ...]
    """For the student: ``file:line: what went wrong``, in the order met."""
    notes: tuple[str, ...]
    """For the TA: stand-ins used, magics left out, definitions only."""
    broken: Mapping[str, str]
    """Module -> why nothing of it could be loaded (a syntax error, an unknown encoding)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Everything that a submission's process answered; judging needs nothing else."""

    submission: str
    load: LoadReport
    replies: Mapping[DrawKey, Reply]
    variants: Mapping[str, str]
    """Probe -> name of the variant that was chosen."""
    usage: Usage
    children: int
    sweeps: Mapping[SweepKey, Answer] = field(default_factory=dict)
    """The student's own loss along lines, as far as a check asked for it."""
    repeats: Mapping[DrawKey, tuple[Reply, ...]] = field(default_factory=dict)
    """First draws that were asked again at the end, and, where that answer differed, once more in
    a new process: there the first and a second time."""
    files: str = ""
    """Hash of the files that were handed in, with their paths."""
    probes: Mapping[str, str] = field(default_factory=dict)
    """Probe -> hash of all that its answers depend on, beside the draws and the files."""
    inputs: Mapping[DrawKey, str] = field(default_factory=dict)
    """Hash of each draw's inputs."""
    notes: tuple[str, ...] = ()
    """What discovery met."""
    waivers: tuple[str, ...] = ()
    """Ids of the waivers whose phrase is in the files."""
    later: Mapping[str, str] = field(default_factory=dict)
    """Probe -> hash of the files by which it was answered, where it was asked alone, of others."""

    def files_of(self, probe: str) -> str:
        """Return the hash of the files by which a probe was answered."""
        return self.later.get(probe, self.files)

    @staticmethod
    def empty(submission: str) -> Transcript:
        """Return the transcript of a submission of which nothing was run."""
        return Transcript(
            submission=submission,
            load=LoadReport(root="", loaded=(), failures=(), notes=(), broken={}),
            replies={},
            variants={},
            usage=Usage(wall_s=0.0, cpu_s=0.0),
            children=0,
        )


# --- verdicts and scores -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one case of one answer looked like, in numbers."""

    draw: str
    answer: str
    outcome: Outcome
    deviation: float
    """Largest deviation in units of rounding; infinity where there is nothing to compare."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong with a wrong answer.

    Only a mistake that reproduces the answer on every draw is named; otherwise ``name`` is empty
    and the sentence tells facts: which entries differ, the cosine, the ratio of the norms.
    """

    name: str
    """The mistake in one word, ``mean_missing``; mistakes that answer alike are joined by ``|``."""
    sentence: str
    """For the student, with the draws' own numbers."""
    answers: tuple[str, ...]
    """The answers that it explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check says of one item."""

    outcome: Outcome
    credit: Decimal
    """Share of the points, 0 to 1."""
    message: str
    """One sentence for the student."""
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    details: str = ""
    """For the student: what was asked and what came back, line by line; empty for hidden items."""
    accuracy: float | None = None
    """Share of right predictions that a training has reached, 0 to 1; None elsewhere."""


def reruns_told(notes: Iterable[str]) -> str:
    """Return what of a verdict's notes tells that it needs a rerun; empty if none does."""
    return next((note for note in notes if note.startswith(NEEDS_RERUN)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore:
    """One item's verdict in points; ``points`` is None where nobody has decided yet."""

    item: Item
    verdict: Verdict
    points: Decimal | None

    @property
    def needs_rerun(self) -> bool:
        """Whether it is open for want of an answer that is not recorded."""
        return self.points is None and bool(reruns_told(self.verdict.notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What changes a total, or waives an item, beside what was judged; and why."""

    kind: str
    """``adjust``, ``late`` or ``waive``."""
    points: Decimal
    """What it adds to the total; 0 for a waived item, whose own points are full instead."""
    reason: str
    student: str = ""
    """Whose total alone it changes; empty for everybody who handed the submission in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """All items of one submission."""

    submission: str
    people: tuple[Person, ...]
    scores: tuple[ItemScore, ...]
    total: Decimal
    """After the adjustments that hold for everybody who handed it in; see ``total_of``."""
    maximum: Decimal
    flags: tuple[str, ...]
    """What a TA may want to know."""
    problems: tuple[str, ...]
    """What a TA must look at: a file that could not be read."""
    load: LoadReport | None
    usage: Usage
    conventions: Mapping[str, str]
    """Group -> the convention that its answers hold to."""
    spent: Mapping[str, Spent] = field(default_factory=dict)
    """Probe -> what its calls have used."""
    adjustments: tuple[Adjustment, ...] = ()
    """What was added or taken off, each with its reason."""

    @property
    def raw_total(self) -> Decimal:
        """Sum of the items' points, before any adjustment."""
        return sum((s.points for s in self.scores if s.points is not None), Decimal(0))

    def adjustments_of(self, student: str) -> tuple[Adjustment, ...]:
        """Return what holds for one of its people; for nobody in particular, what is common."""
        return tuple(a for a in self.adjustments if a.student in ("", student))

    def total_of(self, student: str) -> Decimal:
        """Return the total of one of its people, which is never below zero."""
        change = sum((a.points for a in self.adjustments_of(student)), Decimal(0))
        return max(self.raw_total + change, Decimal(0))

    @property
    def has_fault(self) -> bool:
        """Whether a fault of ours left an item without a verdict."""
        return any(score.verdict.outcome is Outcome.GRADER_FAULT for score in self.scores)
