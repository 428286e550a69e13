"""What does a class's histogram look like? An SVG that takes the page's own colours."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal

from grader.report.escaping import number_text

_COLOURS = {"#010203": "var(--accent)", "#040506": "var(--quiet)", "#070809": "var(--text)"}
_BAR, _LINE, _TEXT = _COLOURS
_START = re.compile(r"<svg [^>]*>")
_DROPPED = re.compile(
    r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|font-family:[^;\"]*;", re.DOTALL
)
"""What is not the picture: whence it is, rules that would hold for the whole page, its fonts."""
_FONT = re.compile(r"font:[^;\"]*?(\d[\d.]*)px[^;\"]*")


def histogram(bins: Sequence[tuple[Decimal, Decimal, int]], label: str) -> str:
    """Return a histogram as an ``svg`` element, to be put into a page that defines its colours.

    Parameters
    ----------
    bins
        From, to and count of each.
    label
        What a screen reader says in its place: our own words.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    # Text stays text, and the same numbers give the same bytes.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "report"}):
        figure = Figure(figsize=(7.2, 2.6), layout="constrained")
        axes = figure.add_subplot()
        bars = axes.bar(range(len(bins)), [count for _, _, count in bins], width=0.86, color=_BAR)
        axes.bar_label(bars, labels=[str(n) if n else "" for _, _, n in bins], color=_TEXT)
        edges = [*(low for low, _, _ in bins), *(high for _, high, _ in bins[-1:])]
        axes.set_xticks(
            [place - 0.5 for place in range(len(edges))], [number_text(edge) for edge in edges]
        )
        axes.set_xlabel("points", color=_LINE)
        axes.set_ylabel("submissions", color=_LINE)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.tick_params(colors=_LINE, length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(_LINE)
        axes.margins(x=0.01, y=0.15)
        written = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    return _for_page(written.getvalue().decode("utf-8"), label)


def _for_page(text: str, label: str) -> str:
    """Return the element alone, in the colours and the font of the page around it."""
    svg = _DROPPED.sub("", text[text.index("<svg") :].strip())
    box = re.search(r'viewBox="[\d. ]+"', svg)
    assert box is not None, "matplotlib gives every figure a box"
    start = f'<svg {box[0]} role="img" aria-label="{label}">'
    svg = _FONT.sub(r"font-size: \1px", _START.sub(start, svg, count=1))
    for marker, colour in _COLOURS.items():
        svg = svg.replace(marker, colour)
    return svg
