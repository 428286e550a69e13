"""Exports of a class as Gradescope, Canvas, Moodle and nbgrader make them: names -> contents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.submission.packed import put_zip

Files = Mapping[str, str | bytes]

GRADESCOPE_METADATA = """\
---
submission_101:
  :submitters:
  - :name: Amber Fox
    :sid: '0100'
    :email: amber@example.edu
  :created_at: 2026-01-01 10:00:00.000000000 -08:00
  :id: 101
  :score: 9.0
  :results:
    output: |
      :submitters:
        - :name: "not a person"

    tests:
    - name: "1.1) \\e[31mloss\\e[0m"
      output: "two
        lines: \\"of\\" output"
  :history:
  - :created_at: 2025-12-31 10:00:00.000000000 -08:00
    :score: 3.0
    :results:
      tests: []
    :submitters:
    - :name: An Earlier Attempt
submission_102:
  :submitters:
  - :name: Birch Swan
    :sid: 0200
    :email: birch@example.edu
  - :name: Calm Badger
    :sid:
    :email: calm@example.edu
  :created_at: 2026-01-02 10:00:00.000000000 -08:00
  :score:
  :history: []
submission_103:
  :submitters:
  - :name: Dusk Heron
    :sid: ''
  :created_at: 2026-01-02 10:00:00.000000000 -08:00
report.pdf:
  :submitters:
  - :name: Elder Mole
    :sid: '0500'
"""

GRADESCOPE: Files = {
    "assignment_77_export/submission_metadata.yml": GRADESCOPE_METADATA,
    "assignment_77_export/submission_101/act.py": "101",
    "assignment_77_export/submission_102/hw/act.py": "102",
    "assignment_77_export/submission_103/act.py": "103",
    "assignment_77_export/report.pdf": b"%PDF",
    "assignment_77_export/.DS_Store": b"noise",
    "__MACOSX/assignment_77_export/._submission_metadata.yml": b"noise",
}

CANVAS: Files = {
    "foxamber_1001_90001_act.py": "amber",
    "swanbirch_LATE_1002_90002_act.py": "birch",
    "swanbirch_LATE_1002_90003_my report (final).ipynb": "{}",
    "badgercalm_1003_90004_act.py": "calm, first",
    "badgercalm_1003_90009_act-1.py": "calm, second",
    "herondusk_1004_text.html": "<p>see my repository</p>",
    "moleelder_1005_link.html": "<a href='x'>x</a>",
    "otterfern_1006_90010_part-1.py": "fern, one",
    "otterfern_1006_90011_part-2.py": "fern, two",
    "wrenglad_1007_90012_act-3.py": "glad",
}

CANVAS_ANONYMOUS: Files = {
    "anon_AbC12_90001_act.py": "a",
    "LATE_anon_x9Y_90002_act.py": "b",
    "anon_q_text.html": "c",
}

MOODLE_FOLDERS: Files = {
    "Amber Fox_501_assignsubmission_file_/act.py": "amber",
    "Amber Fox_501_assignsubmission_onlinetext_/onlinetext.html": "<p>done</p>",
    "Birch de la Swan_502_assignsubmission_file_/hw/act.py": "birch",
    "Caña Badger_503_assignsubmission_onlinetext_/onlinetext.html": "<p>ill</p>",
}

MOODLE_FLAT: Files = {
    "Amber Fox_501_assignsubmission_file_act.py": "amber",
    "Amber Fox_501_assignsubmission_onlinetext_.html": "<p>done</p>",
    "Birch de la Swan_502_assignsubmission_file_act.py": "birch",
    "Birch de la Swan_502_assignsubmission_file_more_of_it.py": "more",
    "Caña Badger_503_assignsubmission_onlinetext_.html": "<p>ill</p>",
}

NBGRADER: Files = {
    "submitted/amber/ps1/act.ipynb": "amber 1",
    "submitted/amber/ps1/timestamp.txt": "2026-01-01 10:00:00 UTC",
    "submitted/amber/ps2/act.ipynb": "amber 2",
    "submitted/birch/ps1/act.ipynb": "birch 1",
    "gradebook.db": b"SQLite",
}


def put_export(place: Path, files: Files) -> Path:
    """Write an export as a zip file where the place is called so, and else as a folder."""
    if place.suffix == ".zip":
        return put_zip(place, files)
    for name, data in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return place
