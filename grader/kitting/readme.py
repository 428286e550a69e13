"""What does a student read first? How to install the kit, check, and understand what comes out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from grader.kit.record import Kit
from grader.kitting.choosing import KitItems
from grader.kitting.freezing import has_hidden_set
from grader.records import Item, Option, Rubric
from grader.report.escaping import number_text

_LIBRARIES = {"sklearn": "scikit-learn", "PIL": "pillow", "cv2": "opencv-python", "yaml": "pyyaml"}
"""Module -> what pip calls it, where that is something else."""


def readme(
    kit: Kit,
    wheel: str,
    homework: str,
    files: Iterable[str],
    items: KitItems,
    options: Iterable[Option],
) -> str:
    """Return the text of a kit's README.

    Parameters
    ----------
    kit
        What is in it.
    wheel
        File name of the program.
    homework
        Folder of the templates.
    files
        The files to be written, as they lie in it.
    items
        Which visible items the kit checks, and which it cannot.
    options
        What the course could choose.
    """
    rubric = kit.rubric
    probed = [item for item in rubric.items if item.is_probed]
    first = probed[0].id
    has_notebook = any(path.endswith(".ipynb") for path in rubric.modules.expected)
    target = f"./{wheel}" + ("[notebooks]" if has_notebook else "")
    more = " ".join(_libraries(rubric.modules.preload))
    install = f'python -m pip install "{target}"{f" {more}" if more else ""}'
    aside = (
        ""
        if has_notebook
        else "\nTo check a notebook's *file* with `grader check`, install once more with "
        f'`"./{wheel}[notebooks]"`.'
    )
    listed = "\n".join(f"- `{homework}/{path}`" for path in files)
    return f"""# {rubric.title}

Check your work before you hand it in. Everything runs on your own machine, without a network.

{_chosen(options, kit.chosen)}## Install

Python 3.10 or newer is needed. In this folder, best in an environment of its own
(`python -m venv .venv`, then `source .venv/bin/activate`):

```sh
{install}
```

## Work and check

Your files go into `{homework}/`, where the templates are:

{listed}

```sh
grader items                           # what can be checked
grader check {homework}
grader check {homework} --only {first}
```

A table says how each item stands. For one that fails you read what is wrong, what came back beside
what is right, and how to see it yourself.

## In a notebook

```python
from grader import notebook

nb = notebook("{rubric.id}")
nb.check()               # everything that is defined in this notebook
nb.check("{first}")
```

Your functions and classes are called as they stand in the notebook; nothing of yours is changed.
Code that never ends is stopped as any cell is: interrupt the kernel. Start Jupyter in this folder,
or say where the kit is: `notebook("path/to/{rubric.id}.kit")`.{aside}

## What can be checked

| item | points | what it is |
|---|---|---|
{_rows(rubric.items)}

{_written(rubric.items)}{_elsewhere(items)}\
Your course may grade more than is listed here. The inputs and right
answers in this kit are fixed: code that merely repeats them is found out by other inputs.
{_trained(rubric)}
## What the outcomes mean

| outcome | means |
|---|---|
| correct, partial, wrong | the numbers were compared; rounding never makes right code wrong |
| unsure | no verdict: a person, or the course's grader, decides; it is no zero |
| not_implemented | it returns nothing yet, or answers as the template does |
| raised | your code raised an exception; the message names the line |
| timed_out, out_of_memory, crashed | it was stopped, and why |
| load_failed | the file cannot be read, often by a syntax error |
| unstable | the same question got two answers: random numbers, or something kept between calls |
| blocked | it opened a file, a process or a connection, which grading closes |
| awaiting_mark | a person marks it |
| waived | you need not do it |
| not_submitted | there is no file to check |
| grader_fault | not your fault: tell your course, with what is printed |

`grader check` runs your code in a process of its own, as isolated as the machine can; where that
fails, add `--no-walls`: it is your own code. All this was tried on Linux only. On Windows there are
no such processes; the notebook needs none.
"""


def _chosen(options: Iterable[Option], chosen: Mapping[str, str]) -> str:
    lines = [f"- {option.title or option.id}: **{chosen[option.id]}**" for option in options]
    return "\n".join(["What your course has chosen:", "", *lines, "", ""]) if lines else ""


def _libraries(modules: Iterable[str]) -> list[str]:
    roots = dict.fromkeys(module.partition(".")[0] for module in modules)
    return [_LIBRARIES.get(root, root) for root in roots]


def _rows(items: Iterable[Item]) -> str:
    return "\n".join(
        f"| `{item.id}` | {number_text(item.points)} | {item.title} |"
        for item in items
        if item.is_probed
    )


def _written(items: Iterable[Item]) -> str:
    written = [item.id for item in items if not item.is_probed]
    return f"Marked by a person: {', '.join(written)}.\n\n" if written else ""


def _elsewhere(items: KitItems) -> str:
    """Return what the course's grader alone can check, each kind with why."""
    elsewhere = "Graded by your course, and not by this kit:"
    kinds = (
        (
            elsewhere,
            items.adapted,
            "Everybody writes these in a form of their own, and your course adds a few lines for "
            "each submission that call it.",
        ),
        (elsewhere, items.formulas, "They are formulas, and what reads formulas is not in a kit."),
        (
            "Checked by their code alone:",
            items.by_code,
            "Your course's grader reads formulas there as well. To this kit a formula without code "
            "is `not_implemented`.",
        ),
    )
    told = [
        textwrap.fill(f"{head} {', '.join(ids)}. {why}", 96, break_on_hyphens=False)
        for head, ids, why in kinds
        if ids
    ]
    return "".join(f"{one}\n\n" for one in told)


def _trained(rubric: Rubric) -> str:
    """Return what the accuracy of a training is, where the course measures it on hidden data."""
    tried = [
        item.id
        for item in rubric.items
        if any(one.probe and has_hidden_set(rubric.probes[one.probe].source) for one in item.asked)
    ]
    if not tried:
        return ""
    return (
        f"\nAccuracy ({', '.join(tried)}) is measured here on other data than your course's, which "
        "stay hidden.\nIt may differ by a few percent: near the accuracy that is asked for, the "
        "kit says `unsure`, and your\ncourse's grader decides.\n"
    )
