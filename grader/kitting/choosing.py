"""What of a homework can be checked at home? Its visible items, but those that a kit cannot run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import packages_distributions

from grader.checks.typed import FORMULA
from grader.records import Item, Probe, Rubric, SourceFile
from grader.sandbox.files import module_name

_VISIBLE = "visible"


@dataclass(frozen=True, slots=True, kw_only=True)
class KitItems:
    """The visible items of a homework, told apart.

    Parameters
    ----------
    shown
        What a kit checks, or leaves to a person.
    formulas
        Ids of items that are earned by a typed formula alone, whose parser stays at home.
    by_code
        Ids of those that are shown without the formula that would earn them as well.
    adapted
        Ids of items whose probes call what an adapter defines: code that the course writes for
        each submission, and a student does not have.
    """

    shown: tuple[Item, ...]
    formulas: tuple[str, ...]
    by_code: tuple[str, ...]
    adapted: tuple[str, ...]


def kit_items(rubric: Rubric) -> KitItems:
    """Return which items of a rubric go into its kit, and which the course alone can grade."""
    given = _given_modules(rubric)
    adapted = {probe.id for probe in rubric.probes.values() if _needs_adapter(probe, given)}
    shown: list[Item] = []
    formulas: list[str] = []
    by_code: list[str] = []
    left: list[str] = []
    for item in rubric.items:
        if item.visibility != _VISIBLE:
            continue
        coded = [one for one in item.asked if one.check != FORMULA]
        kept = [one for one in coded if one.probe not in adapted]
        if kept:
            shown.append(_without_person_s_hint(item, kept))
            by_code += [item.id] if len(coded) < len(item.asked) else []
        else:
            (left if coded else formulas).append(item.id)
    return KitItems(
        shown=tuple(shown),
        formulas=tuple(formulas),
        by_code=tuple(by_code),
        adapted=tuple(left),
    )


def _without_person_s_hint(item: Item, kept: Iterable[Item]) -> Item:
    """Return an item with the ways that are kept; what helps whoever marks is not the student's."""
    if not item.ways:
        return item if item.probe else replace(item, hint="")
    ways = tuple(one if one.probe else replace(one, hint="") for one in kept)
    return replace(item, ways=ways, hint=item.hint if any(one.probe for one in ways) else "")


def _needs_adapter(probe: Probe, given: frozenset[str]) -> bool:
    """Whether each way of calling imports a module that nobody hands in, and nothing provides."""
    wanted = [set(_imported(variant.code)) for variant in probe.variants]
    return bool(wanted) and all(
        any(name not in given and not _is_installed(name) for name in names) for names in wanted
    )


def _given_modules(rubric: Rubric) -> frozenset[str]:
    """Return the modules that students write and those that they got, with their packages."""
    paths = [*rubric.modules.expected, *(file.path for file in rubric.starter)]
    names = {module_name(path.removesuffix(".ipynb")) for path in paths}
    libraries = (*rubric.modules.preload, *rubric.modules.stand_in, *rubric.modules.flag)
    return frozenset(
        ".".join(parts[:depth])
        for parts in (name.split(".") for name in (*names, *libraries))
        for depth in range(1, len(parts) + 1)
    )


def _is_installed(module: str) -> bool:
    """Whether Python or a package of this installation has a module; the current folder is none."""
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root in _packages()


@cache
def _packages() -> frozenset[str]:
    return frozenset(packages_distributions())


# --- templates -------------------------------------------------------------------------------


def unused_templates(rubric: Rubric) -> frozenset[str]:
    """Return the files to be written by which nothing that is graded under these choices goes.

    No probe imports them, nor does any other template. A notebook is read and not imported.
    """
    expected = {module_name(path): path for path in rubric.modules.expected if _is_module(path)}
    sources = [v.code for probe in rubric.probes.values() for v in probe.variants]
    sources += [_text(file) for file in rubric.starter if _is_module(file.path)]
    if not any(probe.variants for probe in rubric.probes.values()):
        return frozenset()
    # By the last part too: templates of a package import one another as `.layers` or `layers`.
    used = {name.rpartition(".")[2] for source in sources for name in _imported(source)}
    return frozenset(path for name, path in expected.items() if name.rpartition(".")[2] not in used)


def _is_module(path: str) -> bool:
    return path.endswith(".py")


def _text(file: SourceFile) -> str:
    return file.data.decode("utf-8", "replace")


def _imported(code: str) -> Iterator[str]:
    """Yield the modules that a source imports, and what it imports from them; a template may be no
    Python yet."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module:
                yield node.module
            elif node.level:
                yield from (alias.name for alias in node.names)
