"""At which line of its file does an item, a probe or a case of a rubric stand?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File

from grader.errors import Complaint
from grader.rubric.choices import combinations, declared_options
from grader.rubric.document import Document, Path
from grader.rubric.resolving import resolved
from grader.rubric.yaml_reader import read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The places of a rubric that was read without a complaint."""

    document: Document
    items: Mapping[str, Path]

    @staticmethod
    def of(file: File, chosen: Mapping[str, str] | None = None) -> Outline:
        """Return the outline of a rubric's file under a choice of its options, or the defaults.

        Raises
        ------
        RubricError
            If it is no YAML.
        """
        whole = read_document(file.read_bytes(), str(file))
        options = declared_options(whole)
        document = resolved(whole, options, {**combinations(options)[0], **(chosen or {})})
        listed: list[tuple[Path, list[dict[str, str]]]] = [
            (("items",), document.data.get("items", []))
        ]
        for s, section in enumerate(document.data.get("sections", [])):
            listed.append((("sections", s, "items"), section["items"]))
        items = {item["id"]: (*at, i) for at, found in listed for i, item in enumerate(found)}
        return Outline(document=document, items=items)

    def of_item(self, item: str, message: str) -> Complaint:
        """Return a complaint about an item."""
        return self.document.at(self.items[item], f"item {item}: {message}")

    def of_case(self, probe: str, case: str, message: str) -> Complaint:
        """Return a complaint about a case of a probe, whose message names both."""
        return self.document.at(("probes", probe, "cases", case), message)

    def of_probe(self, probe: str, message: str) -> Complaint:
        """Return a complaint about a probe."""
        return self.document.at_key(("probes", probe), f"probe {probe}: {message}")

    def at_all(self, message: str) -> Complaint:
        """Return a complaint about the rubric as a whole."""
        return Complaint(file=self.document.file, line=0, column=0, message=message)
