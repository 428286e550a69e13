"""In a notebook: the live objects are checked, and the notebook is left as it was."""

from __future__ import annotations

import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rich.console
import rich.jupyter

import grader
from grader.errors import UsageError
from grader.kit import live
from grader.kit.notebook import Notebook, notebook
from grader.kit.record import read_kit
from tests.grading.classroom import RIGHT
from tests.kit.handed_out import handed_out


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_out(tmp_path_factory.mktemp("kit")) / "tiny.kit"


def defined(source: str) -> dict[str, Any]:
    """Return a notebook's names after a cell with this source."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, "<cell>", "exec"), namespace)
    return namespace


def outcomes(kit: Path, source: str, *items: str) -> dict[str, str]:
    return notebook(kit, defined(source)).check(*items).outcomes


def replaced(forward: str) -> str:
    return RIGHT.replace("    return np.tanh(z)\n", forward)


# --- what is checked -----------------------------------------------------------------------------


def test_the_names_of_the_caller_are_checked_as_they_are_by_now(kit: Path) -> None:
    cell = (
        "from grader import notebook\n"
        f"nb = notebook({str(kit)!r})\n"
        "def forward(z): return np.sin(z)\n"
        "first = nb.check('out').outcomes\n"
        "def forward(z): return np.tanh(z)\n"
        "then = nb.check('out').outcomes\n"
    )
    names = defined(cell)
    assert (names["first"], names["then"]) == ({"out": "wrong"}, {"out": "correct"})


def test_all_items_are_checked_without_a_name_and_some_by_a_pattern(kit: Path) -> None:
    assert outcomes(kit, RIGHT) == {"out": "correct", "dz": "correct", "essay": "awaiting_mark"}
    assert outcomes(kit, RIGHT, "o*") == {"out": "correct"}
    with pytest.raises(UsageError, match="has no item 'nothing'"):
        outcomes(kit, RIGHT, "nothing")


def test_hidden_items_cannot_be_asked_for(kit: Path) -> None:
    nb = notebook(kit, defined(RIGHT))
    assert list(nb.items) == ["out", "dz", "essay"]
    with pytest.raises(UsageError, match=r"has no item 'veiled\.sigmoid'"):
        nb.check("veiled.sigmoid")


def test_what_is_not_defined_is_the_template_s_and_told(kit: Path) -> None:
    checked = notebook(kit, defined("def backward(dout, z): return dout")).check()
    assert checked.outcomes["out"] == "not_implemented"
    assert "not defined or imported here, so that the template's was called: forward" in repr(
        checked
    )


def test_a_class_in_a_module_that_was_imported_counts(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "act.py").write_text(RIGHT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert outcomes(kit, "import act", "out") == {"out": "correct"}
    finally:
        sys.modules.pop("act", None)


def test_a_number_that_is_called_like_a_function_does_not_hide_an_imported_one(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "act.py").write_text(RIGHT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert outcomes(kit, "import act\nforward = act.forward(0.5)", "out") == {"out": "correct"}
    finally:
        sys.modules.pop("act", None)


def test_an_exception_is_told_with_its_line(kit: Path) -> None:
    checked = notebook(kit, defined(replaced("    return z @ z @ z @ 'x'\n"))).check("out")
    assert checked.outcomes == {"out": "raised"}
    assert "<cell>:4" in repr(checked)


@pytest.mark.parametrize("end", ["raise SystemExit(3)", "import sys; sys.exit()", "raise KeyError"])
def test_nothing_that_the_code_raises_ends_the_notebook(kit: Path, end: str) -> None:
    assert outcomes(kit, replaced(f"    {end}\n"), "out") == {"out": "raised"}


def test_random_numbers_are_found_out_without_talk_of_processes(kit: Path) -> None:
    source = replaced("    return np.tanh(z) + np.random.default_rng().normal()\n")
    checked = notebook(kit, defined(source)).check("out")
    assert checked.outcomes["out"] in ("wrong", "unstable")
    kept = "calls = []\n" + replaced(
        "    calls.append(1)\n    return np.tanh(z) + len(calls) // 3\n"
    )
    unstable = notebook(kit, defined(kept)).check("out")
    assert unstable.outcomes == {"out": "unstable"}
    assert "something is kept from one call to the next" in repr(unstable)
    assert "process" not in repr(unstable)


@pytest.mark.parametrize(
    "ask",
    [
        lambda nb: nb.check("nosuch"),
        lambda nb: nb.check(5),
        lambda nb: nb.check(["out", "dz"]),
        lambda nb: nb.inputs(5),
    ],
)
def test_a_notebook_shows_a_mistaken_call_as_one_sentence(
    kit: Path, ask: Callable[[Notebook], object]
) -> None:
    """IPython asks an exception for ``_render_traceback_``, and prints these lines alone."""
    with pytest.raises(UsageError) as raised:
        ask(notebook(kit, defined(RIGHT)))
    (line,) = raised.value._render_traceback_()
    assert line == f"UsageError: {raised.value}"
    assert any(name in line for name in ("(it has: out", "such as 'out'", "such as out/plain/0"))


# --- doubts ----------------------------------------------------------------------------------

DOUBTFUL = "seen = []\n" + replaced(
    "    seen.append(z[0, 0])\n    return np.tanh(z) * (1 + 3e-12 * (z[0, 0] == seen[0]))\n"
)
"""Off on the first draw alone, by what may be rounding."""


def test_a_doubt_is_outvoted_by_the_further_draws_of_a_kit(kit: Path) -> None:
    assert outcomes(kit, DOUBTFUL, "out") == {"out": "correct"}


def test_a_doubt_is_left_to_the_course_where_a_kit_has_no_further_draws(kit: Path) -> None:
    whole = read_kit(kit)
    few = {key: draw for key, draw in whole.draws.items() if key.index < 2}
    checked = Notebook(replace(whole, draws=few), defined(DOUBTFUL)).check("out")
    assert checked.outcomes == {"out": "unsure"}
    assert "it takes the course's grader, which has more draws than a kit" in repr(checked)


def test_in_jupyter_a_text_is_a_text_and_nothing_is_displayed_beside_it(
    kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    displayed: list[object] = []
    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setattr(rich.jupyter, "display", lambda *shown: displayed.append(shown))
    nb = notebook(kit, defined(RIGHT))
    assert "correct" in repr(nb.check("out"))
    assert "out" in repr(nb.items)
    assert not displayed


# --- interrupts ----------------------------------------------------------------------------------


@pytest.fixture
def obeys_interrupts() -> Iterator[None]:
    """As a notebook does, also where the tests run in the background of a script and ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


PRESSED = "import _thread\n" + RIGHT.replace(
    "return dout", "_thread.interrupt_main()\n    while True: pass\n    return dout"
)
"""An endless loop, in which Jupyter's stop button is pressed."""


@pytest.mark.usefixtures("obeys_interrupts")
def test_an_endless_loop_is_given_up_when_it_is_interrupted_and_the_rest_goes_on(
    kit: Path,
) -> None:
    checked = notebook(kit, defined(PRESSED)).check()
    assert checked.outcomes == {"out": "correct", "dz": "timed_out", "essay": "awaiting_mark"}
    assert "you interrupted it after" in repr(checked)


@pytest.mark.usefixtures("obeys_interrupts")
def test_two_interrupts_in_a_row_stop_everything_and_leave_the_notebook_as_it_was(
    kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is.
    monkeypatch.setattr(live, "_TWICE_S", 600.0)
    pressed = PRESSED.replace("return np", "_thread.interrupt_main()\n    while True: pass\n    np")
    random.seed(4)
    before, stream = random.getstate(), sys.stdout
    with pytest.raises(KeyboardInterrupt):
        notebook(kit, defined(pressed)).check()
    assert (random.getstate(), sys.stdout) == (before, stream)


# --- what is left as it was ------------------------------------------------------------------------

UNRULY = """
import os, random, sys, warnings
def forward(z):
    np.random.seed(5); np.random.rand(7); random.seed(9)
    np.seterr(all="raise"); np.seterrcall(print)
    warnings.simplefilter("error"); warnings.warn("x") if 0 else None
    os.chdir("/"); sys.path.insert(0, "/nowhere"); sys.argv.append("x")
    sys.setrecursionlimit(12345); np.set_printoptions(precision=2)
    os.environ["KEPT"] = "changed"; os.environ["NEW"] = "x"; os.environ.pop("GONE", None)
    print("noise", file=sys.stderr); print("noise")
    z[:] = 0
    return np.tanh(z)
"""


def test_the_state_of_the_notebook_is_left_as_it_was(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEPT", "as it was")
    monkeypatch.setenv("GONE", "still there")
    mine = np.arange(3.0)
    namespace = {**defined(UNRULY), "z": mine, "dout": mine, "out": "my own"}
    names = dict(namespace)
    nb = notebook(kit, namespace)
    nb.check()
    np.random.seed(1)

    def state() -> tuple[Any, ...]:
        kind, keys, *rest = np.random.get_state()
        return (
            kind,
            keys.tobytes(),
            *rest,
            random.getstate(),
            np.geterr(),
            np.geterrcall(),
            list(warnings.filters),
            np.get_printoptions(),
            dict(os.environ),
            sys.getrecursionlimit(),
            os.getcwd(),
            list(sys.path),
            list(sys.argv),
            list(sys.meta_path),
            sorted(sys.modules),
            sys.stdout,
            sys.stderr,
        )

    capsys.readouterr()
    before = state()
    nb.check()
    assert state() == before
    assert capsys.readouterr() == ("", "")
    assert namespace.keys() == names.keys()
    assert all(namespace[name] is names[name] for name in names)
    assert mine.tolist() == [0.0, 1.0, 2.0]


def test_figures_and_settings_of_matplotlib_are_left_as_they_were(kit: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    source = "import matplotlib.pyplot as plt\n" + replaced(
        "    plt.rcParams['lines.linewidth'] = 7.5\n"
        "    plt.plot([1, 2]); plt.show(); plt.figure()\n"
        "    return np.tanh(z)\n"
    )
    mine = plt.figure()
    axes = mine.add_subplot()
    show, width = plt.show, plt.rcParams["lines.linewidth"]
    try:
        assert outcomes(kit, source, "out") == {"out": "correct"}
        assert plt.get_fignums() == [mine.number]
        assert plt.gcf() is mine
        assert not axes.lines
        assert plt.rcParams["lines.linewidth"] == width
        assert plt.show is show
    finally:
        plt.close("all")


def test_error_modes_of_the_notebook_do_not_decide_a_verdict(kit: Path) -> None:
    source = replaced("    (np.exp(np.full(2, 1e9)) * 0).sum()\n    return np.tanh(z)\n")
    with np.errstate(all="raise"):
        assert outcomes(kit, source, "out") == {"out": "correct"}


# --- what is shown -------------------------------------------------------------------------------


def test_a_check_shows_itself_as_html_markdown_and_text(kit: Path) -> None:
    checked = notebook(kit, defined(replaced("    return -np.tanh(z)\n"))).check("out")
    for shown in (checked._repr_html_(), checked._repr_markdown_(), repr(checked)):
        assert "wrong" in shown
        assert "sign is the wrong way round" in shown
        assert "nb.inputs(" in shown.replace("&#x27;", "'")
        assert "To see it again: nb.check(" in shown
    assert "<table>" in checked._repr_html_()
    assert checked._repr_markdown_().startswith("| item | points |")


def test_what_the_code_says_is_not_obeyed_by_a_page(kit: Path) -> None:
    source = replaced('    raise ValueError("<script>alert(1)</script> **bold** \\x1b[2J")\n')
    checked = notebook(kit, defined(source)).check("out")
    assert "<script>" not in checked._repr_html_()
    assert "<script>" not in checked._repr_markdown_()
    assert "**bold**" not in checked._repr_markdown_()
    assert "\x1b" not in repr(checked) + checked._repr_html_() + checked._repr_markdown_()


def test_the_inputs_of_a_draw_are_fresh_copies(kit: Path) -> None:
    nb = notebook(kit, {})
    taken = nb.inputs("out/plain/0")["z"]
    taken[:] = 0
    assert nb.inputs("out/plain/0")["z"].any()
    for wrong in ("nothing/plain/0", "out/plain/99", "out", ""):
        with pytest.raises(UsageError, match="their names are such as out/plain/0"):
            nb.inputs(wrong)


# --- which kit -------------------------------------------------------------------------------------


def test_a_kit_is_found_by_its_id_in_the_folder_and_above_it(
    kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = kit.parent / "homework"
    for folder in (kit.parent, inner, kit.parent.parent):
        monkeypatch.chdir(folder)
        assert isinstance(grader.notebook("tiny"), Notebook)
        assert isinstance(grader.notebook(), Notebook)
        assert read_kit(kit).rubric.id == "tiny"


def test_a_kit_that_is_not_there_is_told_with_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UsageError, match=r"no kit found: a file whose name ends in \.kit is not in"
    ):
        notebook()


def test_several_kits_are_told_apart_by_name(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tiny", "other"):
        (tmp_path / f"{name}.kit").write_bytes(kit.read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"several kits are there \(other, tiny\)"):
        notebook()
    assert isinstance(notebook("other"), Notebook)


def test_where_the_whole_toolkit_is_installed_a_rubric_will_do(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rubric = kit.parent.parent / "course" / "tiny"
    assert notebook(str(rubric / "rubric.yaml"), defined(RIGHT)).check("out").outcomes == {
        "out": "correct"
    }
