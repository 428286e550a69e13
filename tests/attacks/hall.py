"""Where attacks are handed in: a tiny homework, graded by real children, with traps all around."""

from __future__ import annotations

import json
import os
import resource
import secrets
import signal
import sysconfig
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from grader.checks.draws import keys_of
from grader.grading.examiner import Examiner
from grader.grading.journal import open_run
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.records import ScoreSheet, Submission, Transcript
from grader.rubric import load_rubric
from grader.sandbox.syscalls import ARCHITECTURES, LOOKS_AT_FILES
from grader.submission import one_submission, read
from tests.attacks.attack import RIGHT, Attack, Content
from tests.grading.classroom import STARTER, put

RUBRIC = """\
schema: 1
id: {name}
title: "Hostile submissions"
seed: {seed}
starter: starter/
limits: {{cpu_s: {cpu_s}, load_s: 0.5, wall_s: {wall_s}, total_s: 8, memory_mb: 400, output_kb: 256}}
modules: {{expected: [act.py], flag: [torch]}}
probes:
  out:
    problem: tanh
    cases: {{plain: {{draws: 2}}}}
    code: |
      from act import forward
      out = forward(z)
    answers: {{out: out}}
  dz:
    problem: tanh
    cases: {{plain: {{draws: 1}}}}
    code: |
      from act import backward
      dz = backward(dout, z)
    answers: {{dz: dz}}
items:
  - {{id: out, title: "tanh", points: 4, check: value, probe: out, answer: out, visibility: {seen}}}
  - {{id: dz, title: "Backwards", points: 6, check: gradient, probe: dz, answer: dz, precision: {precision}}}
"""
HOMEWORKS: Mapping[str, Mapping[str, object]] = {
    "usual": {"cpu_s": 0.3, "seed": 11, "wall_s": 6, "seen": "visible", "precision": "single"},
    "hurried": {"cpu_s": 0.3, "seed": 12, "wall_s": 1, "seen": "visible", "precision": "single"},
    "hidden": {"cpu_s": 0.3, "seed": 13, "wall_s": 6, "seen": "hidden", "precision": "single"},
    "exact": {"cpu_s": 0.3, "seed": 14, "wall_s": 6, "seen": "visible", "precision": "double"},
    "patient": {"cpu_s": 4, "seed": 15, "wall_s": 6, "seen": "visible", "precision": "single"},
}
_ALLOWED = set(ARCHITECTURES["x86_64"].numbers.values()) - {
    ARCHITECTURES["x86_64"].numbers[name]
    for name in (*LOOKS_AT_FILES, "openat", "getdents64", "clone3")
}
"""Numbers of the calls that get through the filter, some of them with some arguments only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of an attack."""

    attack: Attack
    submission: Submission
    sheet: ScoreSheet
    transcript: Transcript
    result: Mapping[str, Any]
    """What was written of it, read back as strict JSON."""
    hall: Hall

    @property
    def outcomes(self) -> dict[str, str]:
        """Item -> what became of it."""
        return {score.item.id: str(score.verdict.outcome) for score in self.sheet.scores}

    @property
    def message(self) -> str:
        """What the student is told of the attacked item."""
        return self.sheet.scores[0].verdict.message

    @property
    def flags(self) -> str:
        """All that a TA is told, line by line."""
        load = self.sheet.load
        told = (*load.failures, *load.notes, *load.broken.values()) if load is not None else ()
        return "\n".join((*self.sheet.flags, *self.sheet.problems, *told))


class Hall:
    """The homework, its traps, and the examiners, each with a warm zygote.

    Parameters
    ----------
    folder
        Everybody may enter it and write to it, so that only the walls keep an attack out.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trap, self.run = folder / "trap", folder / "run"
        self.secret = secrets.token_hex(16)
        self.token = f"mark-{secrets.token_hex(6)}"
        self._examiners: dict[str, Examiner] = {}
        self._plans: dict[str, Plan] = {}
        self._number = 0
        self._set_traps()
        open_run(self.run)
        self._state = state_of_the_grader()

    def _set_traps(self) -> None:
        """Make files that everybody may change: only the walls protect them."""
        put(self.trap / "canary.txt", "untouched")
        put(self.trap / "neighbour" / "act.py", RIGHT)
        put(self.trap / "autograder" / "results" / "results.json", '{"score": 0}')
        put(self.trap / "autograder" / "run_autograder", "#!/bin/sh\n")
        for path in (self.trap, *self.trap.rglob("*")):
            path.chmod(0o777)

    def plan(self, homework: str) -> Plan:
        """Return a homework's plan, made at its first use."""
        if homework not in self._plans:
            home = self.folder / homework
            for name, source in STARTER.items():
                put(home / "starter" / name, source)
            put(home / "rubric.yaml", RUBRIC.format(name=homework, **HOMEWORKS[homework]))
            self._plans[homework] = make_plan(load_rubric(home))
        return self._plans[homework]

    def examiner(self, homework: str) -> Examiner:
        """Return a homework's examiner, started at its first use."""
        if homework not in self._examiners:
            self._examiners[homework] = Examiner(self.plan(homework), folder=self.run)
        return self._examiners[homework]

    def close(self) -> None:
        """End all zygotes."""
        for examiner in self._examiners.values():
            examiner.close()

    def hand_in(self, attack: Attack) -> Submission:
        """Put an attack's files into a folder, find them there, and read them once."""
        self._number += 1
        folder = self.folder / "inbox" / f"s{self._number}"
        folder.mkdir(parents=True)
        for path, content in attack.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(self._filled_in(content))
        if attack.make is not None:
            attack.make(folder)
        return read(one_submission([folder]))

    def _filled_in(self, content: Content) -> bytes:
        if isinstance(content, bytes):
            return content
        half = len(self.secret) // 2
        names = {
            "trap": self.trap,
            "token": self.token,
            "rubric": self.folder / "usual",
            "run": self.run,
            "grader": os.getpid(),
            "secret1": self.secret[:half],
            "secret2": self.secret[half:],
            "known": self._known() if "@known@" in content else "",
            "allowed": sorted(_ALLOWED),
            "template": STARTER["act.py"],
        }
        for name, value in names.items():
            content = content.replace(f"@{name}@", str(value))
        return content.encode()

    def _known(self) -> dict[str, object]:
        """Return the usual homework's inputs with their right answers."""
        plan = self.plan("usual")
        draws = [plan.draw(key) for key in keys_of(plan.rubric.probes["out"])]
        return {
            draw.inputs["z"].tobytes().hex(): draw.expected[""]["out"].value.tolist()
            for draw in draws
        }

    def examine(self, attack: Attack, submission: Submission) -> Examined:
        """Grade a submission and read back what was written of it."""
        sheet, transcript = self.examiner(attack.homework).examine(submission)
        path = self.run / "results" / f"{submission.id}.json"
        result = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
        return Examined(
            attack=attack,
            submission=submission,
            sheet=sheet,
            transcript=transcript,
            result=result,
            hall=self,
        )

    # --- afterwards -----------------------------------------------------------------------

    def zygote_pid(self, homework: str) -> int:
        """Return the process id of a homework's zygote."""
        return self.examiner(homework).zygote._process.pid

    def outside(self) -> dict[str, tuple[int, int, int, int, bytes]]:
        """Return all that lies in the traps: mode, owner, links, time of change, content."""
        return {str(path): _look_at(path) for path in sorted((self.trap, *self.trap.rglob("*")))}

    def marks(self) -> list[str]:
        """Return the files that an attack has left anywhere that it might think of."""
        places = ("/tmp", "/dev/shm", "/", os.getcwd(), sysconfig.get_path("purelib"))
        return [place for place in places if os.path.lexists(os.path.join(place, self.token))]

    def leftovers(self, homework: str) -> list[str]:
        """Return the processes that are still there beside the zygote and the next ones'."""
        zygote = self.examiner(homework).zygote
        # They wait for the next submission behind their walls: nothing of a student's is in them.
        waiting = {one.zygote.prepared_pid() for one in self._examiners.values()}
        above, left = zygote._process.pid, []
        # All at once: each look at all processes takes its time.
        running = {p.pid: p for p in psutil.process_iter(["ppid", "uids"])}
        for process in running.values():
            uids, line = process.info["uids"], [process.info["ppid"]]
            while line[-1] in running and line[-1] != above:
                line.append(running[line[-1]].info["ppid"])
            is_private = zygote.walls.uid is not None and uids and uids.real == zygote.walls.uid
            if (line[-1] == above or is_private) and process.pid not in waiting:
                left.append(str(process))
        return left

    def assert_unharmed(self, homework: str, pid: int) -> None:
        """Check that nothing of the grader's is hurt, and that the next submission gets its due."""
        assert self.zygote_pid(homework) == pid, "the zygote was replaced"
        left = self.leftovers(homework)
        assert not left, left
        assert self.marks() == []
        assert state_of_the_grader() == self._state
        right = self.hand_in(Attack(row=0, name="right", files={"act.py": RIGHT}))
        sheet, _ = self.examiner(homework).examine(right)
        assert (sheet.total, sheet.flags) == (10, ()), sheet
        assert self.zygote_pid(homework) == pid, "the zygote died"


def state_of_the_grader() -> dict[str, object]:
    """Return what a submission might change in this process, if it could."""
    numpy = [np.allclose, np.asarray, np.array, np.linalg.norm, np.random.seed, np.testing]
    return {
        "numpy": [id(one) for one in numpy],
        "limits": [resource.getrlimit(n) for n in (resource.RLIMIT_CPU, resource.RLIMIT_AS)],
        "folder": os.getcwd(),
        "environment": dict(os.environ, PYTEST_CURRENT_TEST=""),
        "signals": [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGIO)],
        "threads": threading.active_count(),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
    }


def _look_at(path: Path) -> tuple[int, int, int, int, bytes]:
    found = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    return found.st_mode, found.st_uid, found.st_nlink, found.st_mtime_ns, content


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
