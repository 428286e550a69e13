"""Does a run lose anything when one of its processes is killed? Tried at random, again and again.

A small class is graded by the command in a process of its own. At a random moment one of its
processes gets SIGKILL: the command itself, a worker, a zygote or a student's. Then ``--resume``
must end with the very bytes of scores.csv that the undisturbed run has written, and so must the
disturbed run itself unless it was the command that was killed. The last line is one JSON object;
exits with 1 if a single byte differs or a process is left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import psutil  # noqa: E402 - after the lines above

from tests.grading.classroom import BACKWARD, RIGHT, TANH, put, write_rubric  # noqa: E402

KINDS = ("command", "worker", "zygote", "student")
"""What a process is by how many stand between it and the command; deeper ones are students'."""
KILLS, QUICK_KILLS = 200, 12
_GONE_S = 30.0
_TELL = 10
"""Kills between two words of how far it has come."""
_SLEEPY = RIGHT.replace("import numpy as np", "import numpy as np, time").replace(
    "return np.tanh(z)\n", "time.sleep(0.05)\n    return np.tanh(z)\n", 1
)
_KEEPS_COUNT = (
    "import numpy as np\ncalls = []\n\ndef forward(z):\n    calls.append(1)\n"
    "    return np.tanh(z) * len(calls)\n" + BACKWARD
)
CLASS = {
    "ant": RIGHT,
    "bee": RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1),
    "cow": _SLEEPY,
    "doe": _KEEPS_COUNT,
    "elk": "def forward(z):\n    raise ValueError('not yet')\n" + BACKWARD,
    "fox": "def (",
    "gnu": _SLEEPY.replace("1 - ", "2 - "),
}
"""Right, wrong, slow, unlike from call to call, raising, and unreadable."""


@dataclass(slots=True, kw_only=True)
class Hunt:
    """A class, what it scores undisturbed, and whom the next kill will meet.

    Parameters
    ----------
    home
        Folder with the rubric and the submissions.
    chance
        Decides on victims and moments.
    """

    home: Path
    chance: random.Random
    undisturbed: bytes = b""
    lasts_s: float = 0.0

    def prepare(self) -> None:
        """Write the class, and grade it in peace."""
        write_rubric(self.home, TANH)
        for name, source in CLASS.items():
            put(self.home / "all" / name / "act.py", source)
        began = time.monotonic()
        _must_be_graded(self._wait(self._grade("peace")), self.home)
        self.lasts_s = time.monotonic() - began
        self.undisturbed = self._scores("peace")

    def kill_once(self, kind: str) -> tuple[str, str]:
        """Grade with one kill, then resume.

        Returns
        -------
        victim : str
            The kind that was killed, "" where the run was over before.
        trouble : str
            What is not as it should be, "" if nothing.
        """
        command = self._grade("run")
        victim, family = self._strike(command, kind)
        if not victim:
            # Runs have become faster than the first one, or the machine less busy.
            self.lasts_s *= 0.7
        status = self._wait(command)
        _, left = psutil.wait_procs(family, timeout=_GONE_S)
        if left:
            return victim, f"{len(left)} processes are left"
        if victim != KINDS[0]:
            _must_be_graded(status, self.home)
            if self._scores("run") != self.undisturbed:
                return victim, "the disturbed run has other scores"
        _must_be_graded(self._wait(self._grade("run", "--resume")), self.home)
        if self._scores("run") != self.undisturbed:
            return victim, "the resumed run has other scores"
        halves = [path.name for path in (self.home / "run").rglob(".*")]
        return victim, f"left behind: {', '.join(halves)}" if halves else ""

    def _grade(self, run: str, *options: str) -> int:
        """Start the command in a fork of this process, where all is imported already."""
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _become_the_command(self.home, run, options)
        return pid

    def _strike(self, command: int, kind: str) -> tuple[str, list[psutil.Process]]:
        """Kill a process of a kind at a random moment; of those of any kind where it has none."""
        time.sleep(self.chance.uniform(0.0, 0.7 * self.lasts_s))
        family: dict[int, psutil.Process] = {}
        ends = time.monotonic() + self.lasts_s
        while True:
            alive = list(_family(command))
            family |= {process.pid: process for _, process in alive}
            victims = [one for one in alive if one[0] == kind]
            if victims or not alive or time.monotonic() > ends:
                break
        alive = victims or alive
        if not alive:
            return "", list(family.values())
        met, victim = self.chance.choice(alive)
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            met = ""
        return met, [one for pid, one in family.items() if pid != command]

    def _wait(self, command: int) -> int:
        _, status = os.waitpid(command, 0)
        return os.waitstatus_to_exitcode(status)

    def _scores(self, run: str) -> bytes:
        return (self.home / run / "scores.csv").read_bytes()


def _become_the_command(home: Path, run: str, options: Sequence[str]) -> None:
    """Run the command with its output in a file, and end this process; never returns."""
    status = 70
    try:
        os.chdir(home)
        log = os.open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        from grader.cli import main

        arguments = ["grade", "all", "--rubric", "tiny", "-o", run, "--jobs", "2", *options]
        main(arguments)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - it is told in the log; nothing may return from here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _family(command: int) -> Iterator[tuple[str, psutil.Process]]:
    """Yield the command and its descendants as far as they are alive, each with its kind."""
    layer, depth = [command], 0
    while layer:
        below: list[int] = []
        for pid in layer:
            try:
                process = psutil.Process(pid)
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                below += [child.pid for child in process.children()]
            except psutil.NoSuchProcess:
                continue
            yield KINDS[min(depth, len(KINDS) - 1)], process
        layer, depth = below, depth + 1


def _must_be_graded(status: int, home: Path) -> None:
    if status:
        told = (home / "log.txt").read_text(encoding="utf-8")
        raise SystemExit(f"grader grade ended with {status}:\n{told}")


def main() -> int:
    """Kill so often, print a table, and return whether anything was lost."""
    arguments = _arguments()
    chance = random.Random(arguments.seed)
    met: Counter[str] = Counter()
    troubles: list[str] = []
    with tempfile.TemporaryDirectory(prefix="grader-kills-") as name:
        hunt = Hunt(home=Path(name), chance=chance)
        hunt.prepare()
        began = time.monotonic()
        done = 0
        for number in range(arguments.kills):
            spent = time.monotonic() - began
            if spent > 60 * arguments.most_minutes:
                break
            if number % _TELL == 0:
                told = f"{number} of {arguments.kills} kills in {spent:.0f} s, {len(troubles)} lost"
                print(told, file=sys.stderr, flush=True)
            done += 1
            victim, trouble = hunt.kill_once(KINDS[number % len(KINDS)])
            met[victim or "nobody: it was over"] += 1
            if trouble:
                troubles.append(f"kill {number} ({victim}): {trouble}")
                print(troubles[-1], flush=True)
    for kind, count in met.most_common():
        print(f"{count:>5}  {kind}")
    told = {"kills": done, "seed": arguments.seed, "met": dict(met)}
    print(json.dumps({**told, "identical": done - len(troubles), "lost": troubles}))
    return 1 if troubles else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, metavar="N", help=f"{KILLS} if not given")
    parser.add_argument("--seed", type=int, default=7, metavar="N")
    parser.add_argument(
        "--most-minutes", type=float, default=120.0, metavar="N", help="no further kill after that"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_KILLS} kills")
    arguments = parser.parse_args()
    arguments.kills = arguments.kills or (QUICK_KILLS if arguments.quick else KILLS)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
