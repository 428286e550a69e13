"""The hall where attacks are handed in: one for each module, with its warm zygotes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.hall import Hall
from tests.submission import ordinary


@pytest.fixture(scope="module")
def hall() -> Iterator[Hall]:
    """A homework with traps around it, in a folder that everybody may write to."""
    with pytest.MonkeyPatch.context() as patch, ordinary.open_folder() as folder:
        patch.setenv("ATTACKS_TOKEN", "a secret of the grader's environment")
        made = Hall(folder)
        yield made
        made.close()
