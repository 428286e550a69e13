"""From a run's folder to what people read of it: report.html, and a feedback for each student."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.adapters import adapter_for, found_adapters
from grader.errors import UsageError
from grader.grading.digests import digest_of_files
from grader.grading.kept import kept_sheets
from grader.grading.rescoring import Run
from grader.grading.transcripts import files_of_transcript
from grader.grading.whence import whence_of
from grader.records import Rubric, ScoreSheet, Submission
from grader.report.excerpts import Sources
from grader.report.feedback import feedback_of, file_stems
from grader.report.files import write_atomically, write_text
from grader.report.page import NO_MATERIAL, Material, ReportPage
from grader.report.pseudonyms import anonymous, pseudonym
from grader.report.written import beside, is_marked_by_hand, passages
from grader.submission import Found, read

PAGE, ANONYMOUS_PAGE, FEEDBACK = "report.html", "report-anonymous.html", "feedback"
KEY_FILE = "pseudonyms.key"
_CHANGED = (
    "The files have changed since they were graded; what is shown is how they are now, "
    "and need not be what was judged."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run's report is made of.

    Parameters
    ----------
    run
        The run's folder.
    rubric
        Whose titles, hints and visibility hold.
    output
        Folder for what is written; it is made.
    submissions
        Where the submissions lie now, if not where the run has found them.
    """

    run: Run
    rubric: Rubric
    output: Path
    submissions: Path | None = None

    def write_page(self, on_sheet: Callable[[], None] = lambda: None) -> Path:
        """Write ``report.html`` and return where.

        Parameters
        ----------
        on_sheet
            Called after each submission.

        Raises
        ------
        UsageError
            If a result cannot be read or the page cannot be written; an old one stays as it was.
        """
        files = FilesOfRun(self.run, self.rubric, self.submissions)
        remarks = [*self._remarks(), *files.remarks]
        made = ReportPage(self.rubric, facts_of(self.run), remarks)
        for sheet in kept_sheets(self.run.folder, self.rubric):
            made.add(sheet, files.material(sheet))
            on_sheet()
        return self._write(PAGE, made)

    def write_anonymous_page(self, on_sheet: Callable[[], None] = lambda: None) -> Path:
        """Write ``report-anonymous.html``: no names, no code, in the order of the pseudonyms.

        Raises
        ------
        UsageError
            As for ``write_page``, or if the run's key cannot be kept.
        """
        key = _key_of(self.run.folder)
        remarks = list(self._remarks())
        made = ReportPage(self.rubric, facts_of(self.run), remarks, is_anonymous=True)
        hidden = [
            anonymous(sheet, pseudonym(key, sheet.submission))
            for sheet in kept_sheets(self.run.folder, self.rubric)
        ]
        for sheet in sorted(hidden, key=lambda sheet: sheet.submission):
            made.add(sheet)
            on_sheet()
        return self._write(ANONYMOUS_PAGE, made)

    def write_feedback(
        self, is_published: bool = False, on_sheet: Callable[[], None] = lambda: None
    ) -> Feedbacks:
        """Write ``feedback/<id>.md`` and ``.html`` for every submission.

        All are written beside the folder first, and only then put into it: where that fails, the
        old ones stay.

        Raises
        ------
        UsageError
            As for ``write_page``.
        """
        home = self.output / FEEDBACK
        try:
            home.mkdir(parents=True, exist_ok=True)
            beside_it = Path(tempfile.mkdtemp(dir=self.output, prefix=f".{FEEDBACK}."))
        except OSError as error:
            raise _unwritable(home, error) from None
        try:
            names = self._write_feedback(beside_it, is_published, on_sheet)
            for name in names:
                (beside_it / name).replace(home / name)
        except OSError as error:
            raise _unwritable(home, error) from None
        finally:
            shutil.rmtree(beside_it, ignore_errors=True)
        others = {path.name for path in home.iterdir() if path.suffix in (".md", ".html")}
        return Feedbacks(folder=home, count=len(names) // 2, others=sorted(others - set(names)))

    def _write_feedback(
        self, folder: Path, is_published: bool, on_sheet: Callable[[], None]
    ) -> list[str]:
        ids = [sheet.submission for sheet in kept_sheets(self.run.folder, self.rubric)]
        sheets = kept_sheets(self.run.folder, self.rubric)
        names = []
        for sheet, stem in zip(sheets, file_stems(ids), strict=True):
            made = feedback_of(self.rubric, sheet, is_published)
            for suffix, text in ((".md", made.markdown()), (".html", made.html())):
                write_text(folder / f"{stem}{suffix}", text)
                names.append(f"{stem}{suffix}")
            on_sheet()
        return names

    def _write(self, name: str, made: ReportPage) -> Path:
        path = self.output / name
        text = made.html()
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
        except OSError as error:
            raise _unwritable(path, error) from None
        return path

    def _remarks(self) -> Iterator[str]:
        facts = self.run.facts
        if facts.get("state") == "interrupted":
            told = f"{facts.get('graded')} of {facts.get('found')} submissions were graded"
            yield f"The run was interrupted: {told}. grader grade --resume goes on with it."
        elif facts.get("state") == "running":
            yield "The run has not ended: it is still going on, or was killed. This is what it has."
        if facts.get("rubric_digest") != self.rubric.digest:
            yield (
                "The rubric has changed since this run was graded: titles and hints are the new "
                "one's, points and verdicts the old one's. grader rescore brings them together."
            )
        if self.run.only:
            yield f"Not all items were asked: only {', '.join(self.run.only)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedbacks:
    """What was written for the students.

    Parameters
    ----------
    folder
        Where.
    count
        How many students' worth.
    others
        Files of an earlier report there that belong to nobody in this run; they were left.
    """

    folder: Path
    count: int
    others: list[str]


class FilesOfRun:
    """What the submissions of a run hold, read once more from where the run has found them.

    Parameters
    ----------
    run, rubric
        What was graded, and by what.
    path
        Where they lie now, if somewhere else.

    Attributes
    ----------
    remarks
        Why they cannot be shown, if so.
    """

    def __init__(self, run: Run, rubric: Rubric, path: Path | None) -> None:
        self._run = run
        self._rubric = rubric
        self.remarks: tuple[str, ...] = ()
        self._found: Mapping[str, Found] = {}
        self._adapters = found_adapters(run.folder)
        told = str(run.facts.get("submissions") or "")
        home = path or (Path(told) if told else None)
        if home is None:
            self.remarks = ("Nobody's code is shown: the run does not tell where it lay.",)
            return
        # Who is meant was settled by the run: its roster need not lie where it was any more.
        whence = replace(whence_of(run.facts), roster=None)
        try:
            found = whence.look(home, rubric.modules.expected).found
        except UsageError as error:
            if path is not None:
                raise
            self.remarks = (
                f"Nobody's code is shown: {error}. If the submissions lie elsewhere by now: "
                "grader report RUN --submissions PATH.",
            )
            return
        self._found = {one.id: one for one in found}

    def material(self, sheet: ScoreSheet) -> Material:
        """Return what stands beside a submission's verdicts; nothing where it is not there."""
        found = self._found.get(sheet.submission)
        if found is None:
            if self.remarks or not sheet.load or not sheet.load.loaded:
                return NO_MATERIAL
            return replace(NO_MATERIAL, remark="The files that were graded are not there any more.")
        submission = read(found)
        sources = Sources(submission.files, sheet.load.root if sheet.load is not None else "")
        words = passages(submission.files, self._rubric.starter) if is_marked_by_hand(sheet) else ()
        items = [score.item for score in sheet.scores]
        return Material(
            excerpts={item.id: sources.of_item(item, self._rubric.probes) for item in items},
            passages=words,
            beside={item.id: beside(item, words) for item in items if item.check == "written"},
            remark="" if self._is_as_graded(sheet, submission) else _CHANGED,
        )

    def _is_as_graded(self, sheet: ScoreSheet, submission: Submission) -> bool:
        """Return whether the files are those that were graded, as far as the run tells."""
        graded = files_of_transcript(self._run.folder / "transcripts" / f"{sheet.submission}.frame")
        students = tuple(person.student_id for person in sheet.people)
        adapter = adapter_for(self._adapters, sheet.submission, students)
        adapter = adapter or adapter_for(self._rubric.adapters, sheet.submission, students)
        hashed = replace(submission, adapter=adapter).hashed
        return not graded or graded == digest_of_files(hashed)


def facts_of(run: Run) -> list[tuple[str, str]]:
    """Return what a page tells of its run, without paths: they name people and machines."""
    facts = run.facts
    options = facts.get("options") or {}
    told = {
        "Rubric": run.rubric,
        "Options": ", ".join(f"{name}={choice}" for name, choice in options.items()),
        "Seed": str(run.seed),
        "Isolation": str(facts.get("isolation", "")),
        "Grader": str(facts.get("grader", "")),
        "Python": str(facts.get("python", "")),
        "NumPy": str(facts.get("numpy", "")),
    }
    return [(name, value) for name, value in told.items() if value]


def _key_of(folder: Path) -> bytes:
    """Return the key of a run's pseudonyms, made when it is first needed."""
    path = folder / KEY_FILE
    try:
        if path.exists():
            return path.read_bytes()
        key = secrets.token_hex(32).encode()
        write_atomically(path, key)
        path.chmod(0o600)
    except OSError as error:
        told = f"{path}: the key of the pseudonyms cannot be kept ({error.strerror})"
        raise UsageError(f"{told}; copy the run's folder to where it can be written") from None
    return key


def _unwritable(path: Path, error: OSError) -> UsageError:
    told = f"{path}: cannot be written ({error.strerror}); what was there before is as it was"
    return UsageError(f"{told}. Choose another folder with -o, or make room")
