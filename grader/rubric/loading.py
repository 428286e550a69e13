"""How does a rubric's file become a Rubric, or all of its mistakes at once?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.adapters import found_adapters
from grader.errors import Complaint, RubricError, UsageError
from grader.records import Option, Rubric, SourceFile
from grader.rubric.building import build
from grader.rubric.catalogue import Catalogue, ProblemFacts, ReferenceCatalogue
from grader.rubric.choices import chosen_of, combinations, declared_options
from grader.rubric.courses import Selection
from grader.rubric.draft import Draft
from grader.rubric.group_checks import group_complaints, waiver_complaints
from grader.rubric.item_checks import idle_item_complaints, item_complaints
from grader.rubric.limit_checks import limit_complaints
from grader.rubric.name_checks import inputs_of, name_complaints
from grader.rubric.option_checks import (
    idle_option_complaints,
    number_complaints,
    option_complaints,
)
from grader.rubric.places import RUBRIC_FILE
from grader.rubric.probe_checks import probe_complaints, problems_of
from grader.rubric.property_checks import pattern_complaints
from grader.rubric.readable import read_readable
from grader.rubric.resolving import resolved
from grader.rubric.starter import digest, read_starter, unsafe
from grader.rubric.validation import validate
from grader.rubric.wherever import Found, told
from grader.rubric.yaml_reader import read_document


def load(
    path: Path,
    catalogue: Catalogue | None = None,
    selection: Selection | None = None,
) -> Rubric:
    """Read, validate and cross-check a rubric; see ``grader.rubric.load_rubric``."""
    return read(path, catalogue).rubric(selection or Selection())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A rubric without a mistake, under every choice of its options."""

    data: bytes
    starter: tuple[SourceFile, ...]
    adapters: Mapping[str, SourceFile]
    readable: tuple[SourceFile, ...]
    options: tuple[Option, ...]
    drafts: tuple[tuple[Draft, Mapping[str, ProblemFacts]], ...]
    """The defaults first."""

    def rubric(self, selection: Selection) -> Rubric:
        """Return the rubric as it is selected.

        Raises
        ------
        RubricError, UsageError
            If what is selected is none of its options and choices.
        """
        name = self.drafts[0][0].rubric.id
        chosen = chosen_of(name, self.options, selection.made_for(name))
        return next(
            self._built(draft, problems)
            for draft, problems in self.drafts
            if draft.document.variation.chosen == chosen
        )

    def rubrics(self) -> Iterator[Rubric]:
        """Yield the rubric under every choice."""
        for draft, problems in self.drafts:
            yield self._built(draft, problems)

    def _built(self, draft: Draft, problems: Mapping[str, ProblemFacts]) -> Rubric:
        beside = (*self.starter, *self.readable)
        hashed = digest(self.data, beside, draft.document.variation.chosen)
        rubric = build(draft, problems, self.starter, hashed, self.options)
        return replace(rubric, adapters=self.adapters, readable=self.readable)


def read(path: Path, catalogue: Catalogue | None = None) -> Reading:
    """Read, validate and cross-check a rubric under every choice of its options.

    Raises
    ------
    RubricError, UsageError
        As ``grader.rubric.load_rubric``.
    """
    file = path / RUBRIC_FILE if path.is_dir() else path
    data = _read(file)
    document = read_document(data, str(file))
    options = declared_options(document)
    catalogue = catalogue or ReferenceCatalogue()
    drafts = []
    found = []
    for chosen in combinations(options):
        draft, complaints = validate(resolved(document, options, chosen))
        problems = problems_of(draft, catalogue)
        complaints += _complaints(draft, catalogue, problems, file)
        drafts.append((draft, problems))
        found.append(
            Found(
                chosen=chosen,
                wrong=complaints,
                idle=_idle(draft, problems),
                places=draft.document.all_places,
            )
        )
    starter, failures = _starter(drafts[0][0], file.parent)
    readable, unreadable = read_readable(drafts[0][0], file.parent)
    complaints = [*document.complaints, *failures, *unreadable, *told(found)]
    if complaints:
        # An anchor's mistake would otherwise be told again for every alias.
        raise RubricError(sorted(set(complaints), key=lambda c: (c.line, c.column, c.message)))
    return Reading(
        data=data,
        starter=starter,
        adapters=found_adapters(file.parent),
        readable=readable,
        options=options,
        drafts=tuple(drafts),
    )


def _complaints(
    draft: Draft, catalogue: Catalogue, problems: dict[str, ProblemFacts], file: Path
) -> Iterator[Complaint]:
    """Yield what is wrong with a rubric under one choice."""
    yield from probe_complaints(draft, catalogue, problems)
    yield from name_complaints(draft, catalogue, problems)
    yield from option_complaints(draft, problems)
    yield from number_complaints(draft)
    yield from limit_complaints(draft)
    yield from item_complaints(draft, problems, inputs_of(draft, catalogue, problems))
    yield from pattern_complaints(draft)
    yield from group_complaints(draft, problems)
    yield from waiver_complaints(draft)
    yield from _path_complaints(draft, file)


def _idle(draft: Draft, problems: dict[str, ProblemFacts]) -> list[Complaint]:
    """Return what nothing depends on; that is a mistake only where it is so under every choice."""
    return [*idle_option_complaints(draft, problems), *idle_item_complaints(draft)]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise UsageError(f"the rubric {str(file)!r} cannot be read: {reason}") from error


def _path_complaints(draft: Draft, file: Path) -> Iterator[Complaint]:
    """Yield what is wrong with paths, and an id that is not its folder's name."""
    rubric, document = draft.rubric, draft.document
    for i, path in enumerate(module.path for module in rubric.modules.expected):
        reason = unsafe(path)
        if reason is None and not path.endswith((".py", ".ipynb")):
            reason = "must end in .py or .ipynb"
        if path and reason is not None:
            yield document.at(("modules", "expected", i), f"{path[:60]!r} {reason}")
    folder = file.resolve().parent.name
    if file.name == RUBRIC_FILE and rubric.id and rubric.id != folder:
        message = f"the id {rubric.id!r} differs from the name of its folder, {folder!r}"
        yield document.at(("id",), message)


def _starter(draft: Draft, home: Path) -> tuple[tuple[SourceFile, ...], list[Complaint]]:
    """Return the starter files, and what is wrong with them."""
    path = draft.rubric.starter
    if not path:
        return (), []
    reason = unsafe(path)
    if reason is None and not (home / path).is_dir():
        reason = "is no folder beside this file"
    if reason is not None:
        return (), [draft.document.at(("starter",), f"the starter {path[:60]!r} {reason}")]
    files, failures = read_starter(home / path)
    return files, [draft.document.at(("starter",), failure) for failure in failures]
