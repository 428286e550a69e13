"""What of a rubric has the right form, and what has not?

pydantic judges each value; what it refuses is cut out, so that a draft of the rest always comes
about and the checks between places see everything that can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import Complaint
from grader.rubric.check_schema import CHECKS, UNPROBED_CHECKS, Strict
from grader.rubric.document import Document, Path
from grader.rubric.draft import Draft
from grader.rubric.schema import AskedModel, ItemModel, RubricModel
from grader.rubric.wording import describe, hint, shown

_NO_MAPPING = ("model_type", "dict_type", "model_attributes_type")
_NO_LIST = ("tuple_type", "list_type")


def validate(document: Document) -> tuple[Draft, list[Complaint]]:
    """Check the form of every value.

    Parameters
    ----------
    document
        The rubric as the YAML reader left it.

    Returns
    -------
    Draft
        The rubric without what is wrong in it.
    list of Complaint
        Unknown and missing keys, and values that are not what their key takes.
    """
    rubric, errors = _validated(deepcopy(document.data))
    draft = Draft(rubric=rubric, document=document, broken=_broken(document, errors))
    complaints = [
        _complaint(draft, path, error)
        for path, error in ((_path(document, error), error) for error in errors)
        if not _is_told(document, path)
    ]
    complaints += _missing(draft, rubric, ())
    complaints += _parameters(draft)
    return draft, complaints


def _validated(data: Any) -> tuple[RubricModel, list[ErrorDetails]]:
    """Return the model of what is right, and pydantic's errors about the rest.

    Errors of a later round only follow from what the first one cut out.
    """
    first: list[ErrorDetails] | None = None
    while True:
        try:
            return RubricModel.model_validate(data), first or []
        except ValidationError as error:
            found = error.errors(include_url=False)
        first = found if first is None else first
        for detail in sorted(found, key=lambda e: len(e["loc"]), reverse=True):
            if detail["type"] in _NO_MAPPING:
                data = _with_empty(data, detail["loc"])
            else:
                data = _without(data, detail["loc"])


def _broken(document: Document, errors: list[ErrorDetails]) -> frozenset[Path]:
    """Return what the draft lacks: what the reader and pydantic refused."""
    cut = set(document.broken)
    for error in errors:
        path = _path(document, error)
        if error["type"] not in _NO_MAPPING:
            path = _up_to_key(path)
        if not _is_unknown(error):
            cut.add(path)
    return frozenset(cut)


def _up_to_key(path: Path) -> Path:
    """Return a path without the indices at its end."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _without(data: Any, path: Path) -> Any:
    """Return data without the key at a path; an entry of a list takes the whole list with it."""
    while path:
        *outer, key = path
        path = tuple(outer)
        holder = _look(data, path)
        if isinstance(holder, dict):
            holder.pop(key, None)
            return data
    return {}


def _with_empty(data: Any, path: Path) -> Any:
    """Return data with an empty mapping at a path."""
    if not path:
        return {}
    _look(data, path[:-1])[path[-1]] = {}
    return data


def _look(data: Any, path: Path) -> Any:
    """Return what stands at a path, None where nothing does."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _is_told(document: Document, path: Path) -> bool:
    """Whether the reader has complained of that value or of its key, or it names no option."""
    told = {(complaint.line, complaint.column) for complaint in document.complaints}
    is_unknown = path in document.variation.unresolved
    return is_unknown or path in document.broken or document.key_places.get(path) in told


def _is_unknown(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _path(document: Document, error: ErrorDetails) -> Path:
    """Return where an error stands; a single text that was read as a list stands for itself."""
    path: Path = error["loc"]
    while path not in document.places:
        path = path[:-1]
    return path


def _complaint(draft: Draft, path: Path, error: ErrorDetails) -> Complaint:
    if _is_unknown(error):
        known = _keys_of(type(_descend(draft.rubric, path[:-1])))
        return draft.document.at_key(path, _unknown_key(str(path[-1]), known))
    return draft.document.at(path, f"{_name(path)} {_sentence(error)}")


def _unknown_key(key: str, known: list[str]) -> str:
    return f"unknown key {shown(key)}{hint(key, known)}"


def _name(path: Path) -> str:
    """Return the name of a value for a message: the last key on the way to it."""
    key = _up_to_key(path)
    if not key:
        return "the rubric"
    return str(key[-1]) if key == path else f"an entry of {key[-1]}"


def _sentence(error: ErrorDetails) -> str:
    """Return the end of a message: what was meant, and what stands there."""
    if error["type"] in _NO_MAPPING:
        return f"must be a mapping, not {describe(error['input'])}"
    if error["type"] in _NO_LIST:
        return f"must be a list, not {describe(error['input'])}"
    return error["msg"]


def _keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of a mapping, as they are written in a rubric."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield the values one level below a model, a dict or a tuple, with their keys."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value)


def _descend(value: Any, path: Path) -> Any:
    """Return the model at a path."""
    for step in path:
        value = dict(_inner(value))[step]
    return value


def _missing(draft: Draft, value: Any, path: Path) -> Iterator[Complaint]:
    """Yield a complaint for each key that a mapping lacks, at the mapping."""
    if not draft.is_sound(path):
        return
    if isinstance(value, Strict) and _is_written_out(draft, path):
        yield from _lacking(draft, type(value), path)
    for step, inner in _inner(value):
        yield from _missing(draft, inner, (*path, step))


def _is_written_out(draft: Draft, path: Path) -> bool:
    """Whether a mapping stands at a path, not the id that is short for one."""
    return isinstance(_look(draft.document.data, path), dict)


def _lacking(draft: Draft, model: type[Strict], path: Path) -> Iterator[Complaint]:
    for key in model.REQUIRED:
        if (*path, key) not in draft.document.places and not _is_unprobed(draft, model, path, key):
            yield draft.document.at(path, f"missing key {key!r}")


def _is_unprobed(draft: Draft, model: type[Strict], path: Path, key: str) -> bool:
    """Whether an item that asks for nothing, or in several ways, does without this key."""
    if not issubclass(model, AskedModel) or key not in ("check", *AskedModel.OF_PROBED):
        return False
    if model is ItemModel and (*path, "any_of") in draft.document.places:
        return True
    is_unprobed = _look(draft.document.data, (*path, "check")) in UNPROBED_CHECKS
    return key != "check" and is_unprobed


def _parameters(draft: Draft) -> Iterator[Complaint]:
    """Yield complaints about the further keys of every item."""
    for path, item in draft.asked():
        if item.check:
            yield from _parameters_of(draft, path, item)
        elif not draft.is_sound((*path, "check")):
            known = {key for model in CHECKS.values() for key in _keys_of(model)}
            yield from _strangers(draft, path, item, sorted(known))


def _parameters_of(draft: Draft, path: Path, item: AskedModel) -> Iterator[Complaint]:
    """Yield complaints about the parameters of a known check."""
    model = CHECKS[item.check]
    yield from _strangers(draft, path, item, _keys_of(model))
    yield from _lacking(draft, model, path)
    given = {key: value for key, value in item.further.items() if key in _keys_of(model)}
    try:
        model.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            where = (*path, *detail["loc"])
            if _is_told(draft.document, where):
                continue
            yield draft.document.at(where, f"{_name(where)} {_sentence(detail)}")


def _strangers(
    draft: Draft, path: Path, item: AskedModel, parameters: list[str]
) -> Iterator[Complaint]:
    """Yield a complaint for each key of an item that neither it nor its check knows."""
    known = [*_keys_of(type(item)), *parameters]
    for key in item.further:
        if key not in known:
            yield draft.document.at_key((*path, key), _unknown_key(key, known))
