"""Do the live tests pass for an ordinary user too, where there is no other root folder?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.levels import available_level
from tests.sandbox.nobody import run_as_ordinary_user

HERE = Path(__file__).parent
# These take a second of CPU time or more, or try what has nothing to do with the user.
LEFT_OUT = (
    "recursion_without_limit or too_much_memory or whole_life or limits_warning "
    "or same_in_every_zygote or what_is_a_number or what_is_no_number or an_exception_fails"
)


@pytest.mark.skipif(os.geteuid() != 0, reason="who runs the tests is an ordinary user already")
@pytest.mark.skipif(available_level() < 3, reason="root may not become an ordinary user here")
def test_the_same_holds_for_an_ordinary_user() -> None:
    files = [HERE / name for name in ("test_attacks.py", "test_walls.py", "test_readable.py")]
    options = ["-q", "-p", "no:cacheprovider", "-k", f"not ({LEFT_OUT})"]

    done = run_as_ordinary_user("-m", "pytest", *options, *files, cwd=HERE.parents[1])

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
