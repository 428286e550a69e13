"""All attacks, row by row."""

from __future__ import annotations

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
