"""Does what students really hand in load and answer? One made submission of each kind.

Each is right, and a patient TA could run it by hand; the kinds are those of the tests. Prints a
line a kind, and the totals as JSON. Exits with 1 if one fails.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.grading.classroom import outcomes
from tests.grading.kinds_hall import Hall
from tests.submission.kinds import KINDS


def main() -> int:
    """Print the table, and return whether anything fails."""
    failed = []
    with tempfile.TemporaryDirectory() as home:
        hall = Hall(Path(home) / "rubric")
        for number, (name, kind) in enumerate(KINDS.items()):
            sheet = hall.grade(Path(home) / str(number), name, kind.numpy_compat)
            loads = set(outcomes(sheet).values()) == {"correct"}
            print(f"{'loads' if loads else 'FAILS':6} {name}")
            failed += [] if loads else [name]
        hall.close()
    print(json.dumps({"kinds": len(KINDS), "load": len(KINDS) - len(failed), "failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
