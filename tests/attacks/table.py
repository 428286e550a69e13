"""All attacks, row by row, and the rows that wait for a part of the toolkit that is not there."""

from __future__ import annotations

from collections.abc import Mapping

from tests.attacks import (
    rows_archives,
    rows_channel,
    rows_control,
    rows_files,
    rows_grader,
    rows_lies,
    rows_sinks,
)
from tests.attacks.attack import Attack

ALL: tuple[Attack, ...] = tuple(
    sorted(
        (
            *rows_control.ROWS,
            *rows_channel.ROWS,
            *rows_grader.ROWS,
            *rows_lies.ROWS,
            *rows_files.ROWS,
            *rows_archives.ROWS,
            *rows_sinks.ROWS,
        ),
        key=lambda attack: attack.row,
    )
)

LATER: Mapping[int, str] = {
    94: "HTML reports: What people receive (Gradescope, feedback, reports, self-checks)",
    96: "results.json of Gradescope: What people receive (Gradescope, feedback, reports, self-checks)",
}
"""Row -> the part of the toolkit that it is about, which does not exist yet."""
