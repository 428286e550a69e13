"""All attacks, row by row."""

from __future__ import annotations

import os

from tests.attacks import (
    rows_archives,
    rows_channel,
    rows_control,
    rows_files,
    rows_grader,
    rows_ideas,
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
            *rows_ideas.ROWS,
            *rows_lies.ROWS,
            *rows_files.ROWS,
            *rows_archives.ROWS,
            *rows_sinks.ROWS,
        ),
        key=lambda attack: attack.row,
    )
)


def everywhere() -> tuple[Attack, ...]:
    """Return what is handed in at the other levels as well: every row.

    Of the rows that the level matters to, all attacks; of the others the first one. With
    ``ATTACKS=all`` in the environment, every attack of every row.
    """
    if os.environ.get("ATTACKS") == "all":
        return ALL
    first: dict[int, Attack] = {}
    for attack in ALL:
        first.setdefault(attack.row, attack)
    about_walls = {attack.row for attack in ALL if attack.is_about_walls}
    return tuple(
        attack
        for attack in ALL
        if attack.is_about_walls or (attack.row not in about_walls and attack is first[attack.row])
    )
