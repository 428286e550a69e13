"""How is an HTML page made, so that nothing that a student wrote acts on it?"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import UsageError
from grader.report.escaping import html_text

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
HOW_TO_INSTALL = "pip install jinja2 matplotlib"
_NEEDS_JINJA2 = f"HTML pages need jinja2: {HOW_TO_INSTALL}"


def page(template: str, values: Mapping[str, Any]) -> str:
    """Return a page made from one of our templates.

    Every value passes ``html_text``, but for what is marked as a page's own markup.

    Raises
    ------
    UsageError
        If jinja2 is not installed, with how to get it.
    """
    return _environment().get_template(template).render(values)


def own_markup(text: str) -> Any:
    """Return text of ours that is to be taken as it is.

    Raises
    ------
    UsageError
        If jinja2, which it comes with, is not installed.
    """
    try:
        from markupsafe import Markup
    except ImportError:
        raise UsageError(_NEEDS_JINJA2) from None
    return Markup(text)


def own_file(name: str) -> Any:
    """Return a style sheet or a script of ours, to be put into a page."""
    return own_markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def digest_of_script(script: str) -> str:
    """Return the hash by which a page's policy admits this script and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


@functools.cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise UsageError(_NEEDS_JINJA2) from None
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _escaped(value: Any) -> Any:
    """Return what stands on the page: markup of our own as it is, all else escaped by our sink."""
    return value if hasattr(value, "__html__") else own_markup(html_text(str(value)))
