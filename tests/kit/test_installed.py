"""A kit in an environment of its own, without a network: what a student has at home."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import IO

import pytest

from tests.grading.classroom import RIGHT, put
from tests.kit.handed_out import handed_out

NEEDED = ("click", "msgpack", "numpy", "rich", "yaml", "_yaml", "markdown_it", "mdurl", "pygments")
"""The packages that pip installs for a kit, with what they need themselves."""
OFFLINE = """\
import socket, sys
def refused(*arguments, **options):
    raise OSError("no network in this test")
def only_local(kind):
    class Local(kind):
        def connect(self, address):
            refused()
    return Local
socket.socket = only_local(socket.socket)
socket.create_connection = socket.getaddrinfo = refused
"""


class Home:
    """A student's folder with an environment that holds a kit's wheel and its requirements.

    The requirements are linked from the environment of the tests, so that nothing is downloaded.
    """

    def __init__(self, folder: Path) -> None:
        self.kit = handed_out(folder)
        self.environment = folder / "environment"
        venv.create(self.environment, symlinks=True)
        paths = {"base": str(self.environment), "platbase": str(self.environment)}
        self.packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        ours = Path(sysconfig.get_path("purelib"))
        for found in ours.iterdir():
            stem = found.name.partition("-")[0].partition(".")[0].lower()
            if stem in NEEDED:
                (self.packages / found.name).symlink_to(found)
        (wheel,) = self.kit.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.packages)
        put(self.packages / "sitecustomize.py", OFFLINE)

    def run(self, *command: str, code: int = 0, cwd: Path | None = None) -> str:
        """Run Python with these arguments and return what it printed."""
        done = subprocess.run(
            [str(self.environment / "bin" / "python"), *command],
            cwd=cwd or self.kit,
            env=self._variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def streams(
        self, *command: str, stdout: int | IO[str] = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        """Run the kit's command ``grader``, its output and its messages apart."""
        return subprocess.run(
            [str(self.environment / "bin" / "python"), "-W", "error", "-m", "grader", *command],
            cwd=self.kit,
            env=self._variables,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def _variables(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GRADER"))}

    def grader(self, *command: str, code: int = 0, cwd: Path | None = None) -> str:
        """Run the kit's command ``grader``."""
        return self.run("-W", "error", "-m", "grader", *command, code=code, cwd=cwd)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def work(home: Home, source: str) -> str:
    put(home.kit / "homework" / "act.py", source)
    return "homework"


def test_nothing_of_the_reference_can_be_imported(home: Home) -> None:
    for module in (
        "reference",
        "grader.kitting",
        "grader.diagnosis.catalogue",
        "pandas",
        "pydantic",
    ):
        assert "ModuleNotFoundError" in home.run("-c", f"import {module}", code=1)


def test_every_module_of_the_wheel_can_be_imported(home: Home) -> None:
    code = (
        "import grader, pkgutil, importlib\n"
        "names = [m.name for m in pkgutil.walk_packages(grader.__path__, 'grader.')]\n"
        "for name in names:\n"
        "    if not name.endswith('__main__'): importlib.import_module(name)\n"
        "print(len(names))\n"
    )
    assert int(home.run("-c", code)) > 100


def test_the_network_is_off(home: Home) -> None:
    code = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')"
    assert "no network in this test" in home.run("-c", code, code=1)


@pytest.mark.parametrize("walls", [(), ("--no-walls",)])
def test_right_work_is_right(home: Home, walls: tuple[str, ...]) -> None:
    told = home.grader("check", work(home, RIGHT), *walls)
    assert "total: 10 of 11 points so far; 1 points are undecided" in told


def test_wrong_work_is_told_with_its_mistake_and_a_script_that_shows_it(home: Home) -> None:
    folder = work(home, RIGHT.replace("return np.tanh(z)", "return -np.tanh(z)"))
    told = home.grader("check", folder, "--no-walls")
    assert "sign is the wrong way round" in told
    assert "To see it again: grader check YOUR_FILES --only out" in told
    script = told.partition("in the folder of your files:\n")[2].partition("\n\n")[0]
    shown = home.run("-c", script, cwd=home.kit / folder)
    assert shown.strip().startswith("[")


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("def forward(z:\n", "load_failed"),
        ("import numpy as np\ndef forward(z): raise ValueError('mine')\n", "raised"),
        ("def forward(z):\n    while True: pass\n", "timed_out"),
        ("import os\ndef forward(z): os._exit(3)\n", "crashed"),
        ("", "not_implemented"),
    ],
)
def test_broken_work_is_told_apart(home: Home, source: str, outcome: str) -> None:
    told = home.grader("check", work(home, source), "--no-walls", "--only", "out")
    assert f"out: {outcome}" in told


def test_a_notebook_in_an_interpreter_needs_no_process(home: Home) -> None:
    code = RIGHT + "\nfrom grader import notebook\nprint(notebook('tiny').check('out').outcomes)\n"
    assert "{'out': 'correct'}" in home.run("-c", code)


def test_a_notebook_needs_nothing_that_only_unix_has(home: Home) -> None:
    """So that it may work where there are no forks; nobody has tried."""
    code = (
        "import sys\n"
        "class Elsewhere:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('fcntl', 'resource', 'pwd', 'grp', 'termios'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Elsewhere())\n"
        f"{RIGHT}\nfrom grader import notebook\n"
        "print(notebook('tiny').check('out').outcomes)\n"
    )
    assert "{'out': 'correct'}" in home.run("-c", code)


def test_the_items_are_listed(home: Home) -> None:
    told = home.grader("items")
    assert "Backwards through tanh" in told
    assert "veiled" not in told


def test_what_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    assert "no kit found" in home.grader("check", "x.py", code=1, cwd=tmp_path)
    assert "nowhere.py: no such file or folder" in home.grader("check", "nowhere.py", code=1)
    told = home.grader("check", work(home, RIGHT), "--only", "veiled.sigmoid", code=1)
    assert "has no item 'veiled.sigmoid' (it has: out, dz, essay)" in told


def test_the_readme_says_what_pip_is_told(home: Home) -> None:
    text = (home.kit / "README.md").read_text(encoding="utf-8")
    (wheel,) = home.kit.glob("*.whl")
    assert f'python -m pip install "./{wheel.name}"' in text
    for item in ("out", "dz"):
        assert f"| `{item}` |" in text
    assert "Marked by a person: essay." in text


# --- what goes wrong around it -------------------------------------------------------------------


def test_files_of_another_homework_are_told_before_anything_else(home: Home) -> None:
    put(home.kit / "others" / "layers.py", "def affine(x): return x\n")
    done = home.streams("check", "others", "--no-walls")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "none of these files belongs to tiny, which wants act.py or a notebook: is this the right "
        "kit and folder?\n"
    )
    assert "not_implemented" in done.stdout


def test_a_file_of_another_name_that_earns_points_is_no_other_homework_s(home: Home) -> None:
    put(home.kit / "renamed" / "mine.py", RIGHT)
    done = home.streams("check", "renamed", "--no-walls")
    assert "total: 10 of 11 points" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("command", [("check", "homework", "--no-walls"), ("items",), ("--help",)])
def test_a_full_disk_behind_the_output_is_told_in_a_sentence(
    home: Home, command: tuple[str, ...]
) -> None:
    work(home, RIGHT)
    with Path("/dev/full").open("w") as full:
        done = home.streams(*command, stdout=full)
    assert done.returncode == 1
    assert done.stderr == (
        "nothing more can be written here (No space left on device): "
        "free some space, or send the output elsewhere\n"
    )


@pytest.mark.parametrize(("module", "package"), [("numpy", "numpy"), ("yaml", "pyyaml")])
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    home: Home, module: str, package: str
) -> None:
    work(home, RIGHT)
    code = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "sys.argv = ['grader', 'check', 'homework']\n"
        "from grader.student import main\nmain()\n"
    )
    told = home.run("-c", code, code=1)
    assert (
        f"the Python package {package} is missing where the grader runs; install it with: " in told
    )
    assert told.endswith(f" -m pip install {package}\n")
    assert "Traceback" not in told
