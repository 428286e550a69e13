"""Which other tools are compared, and which of them can be measured here?"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.homework import Homework
from bench.nbgrader import NBGRADER
from bench.otter import OTTER
from bench.tools import NotMeasuredError, Tool, installed, version
from bench.ways import Timing

TOOLS = (OTTER, NBGRADER)
VARIABLE = "GRADER_BENCH_OTHERS"
"""Environment variable that stands in for the option ``--others``."""


@dataclass(slots=True, kw_only=True, eq=False)
class Others:
    """Other tools as far as they can be measured here.

    Parameters
    ----------
    is_quick
        Whether on few submissions.
    """

    is_quick: bool
    reasons: dict[str, str] = field(default_factory=dict)
    """Tool -> why it is not measured; a figure from elsewhere does not stand in."""
    versions: dict[str, str] = field(default_factory=dict)
    _programs: dict[str, Path] = field(default_factory=dict)

    def prepare(self, folder: Path | None) -> None:
        """Install the tools where that is asked for and was not done yet."""
        for tool in TOOLS:
            if folder is None:
                self.reasons[tool.name] = f"not asked for; give --others DIR or {VARIABLE}"
                continue
            _tell(f"{tool.name}: its environment in {folder}")
            try:
                self._programs[tool.name] = programs = installed(tool, folder)
                self.versions[tool.name] = version(tool, programs)
            except NotMeasuredError as error:
                self._leave_out(tool, error)

    def warm_up(self, homework: Homework, folder: Path) -> None:
        """Run each tool on one submission, untimed."""
        self._run(homework, folder, 1, 1)

    def measure(self, homework: Homework, folder: Path, jobs: int) -> dict[str, Timing]:
        """Run each tool in so many jobs; one that fails is left out from then on."""
        return self._run(homework, folder, jobs)

    def count(self, tool: Tool) -> int:
        """Return on how many submissions a tool is measured."""
        return tool.quick_count if self.is_quick else tool.count

    def _run(
        self, homework: Homework, folder: Path, jobs: int, count: int | None = None
    ) -> dict[str, Timing]:
        told = {}
        for tool in [tool for tool in TOOLS if tool.name in self._programs]:
            number = count or self.count(tool)
            _tell(f"  {tool.name}: {number} submissions in {jobs} jobs")
            try:
                programs = self._programs[tool.name]
                told[tool.name] = tool.run(programs, homework, folder / tool.name, jobs, number)
            except NotMeasuredError as error:
                self._leave_out(tool, error)
        return told

    def _leave_out(self, tool: Tool, error: NotMeasuredError) -> None:
        _tell(f"  {tool.name} is left out: {error}")
        self.reasons[tool.name] = str(error)
        self._programs.pop(tool.name, None)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
