"""What is known of a rubric while it is checked?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.rubric.document import Document, Path
from grader.rubric.schema import AskedModel, ItemModel, RubricModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What could be read of a rubric, with the places that could not."""

    rubric: RubricModel
    document: Document
    broken: frozenset[Path]

    def is_sound(self, path: Path) -> bool:
        """Whether something stands at a path, and no complaint is about it or what holds it."""
        stems = (path[:end] for end in range(len(path) + 1))
        return path in self.document.places and self.broken.isdisjoint(stems)

    def is_whole(self, path: Path) -> bool:
        """Whether something stands at a path, and no complaint is about it or a part of it."""
        return self.is_sound(path) and not any(cut[: len(path)] == path for cut in self.broken)

    def items(self) -> Iterator[tuple[Path, str, ItemModel]]:
        """Yield every item with its path and its section's title: free ones, then by section."""
        for i, item in enumerate(self.rubric.items):
            yield ("items", i), "", item
        for s, section in enumerate(self.rubric.sections):
            for i, item in enumerate(section.items):
                yield ("sections", s, "items", i), section.title, item

    def asked(self) -> Iterator[tuple[Path, AskedModel]]:
        """Yield all that is judged with its path: items, or each of their ways."""
        for path, _, item in self.items():
            for i, way in enumerate(item.any_of):
                yield (*path, "any_of", i), way
            if not item.any_of:
                yield path, item
