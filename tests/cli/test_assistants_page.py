"""Whoever follows the page for teaching assistants gets from an export to a gradebook."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

from tests.cli.command import ROOT, cold_grader, scores
from tests.grading.classroom import RIGHT, TANH, put, write_rubric

PAGE = (ROOT / "docs" / "teaching-assistants.md").read_text("utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]
HOMEWORK = TANH.replace("id: dz", "id: q4.dW1").replace(
    "items:\n", "items:\n  - {id: why, title: Why, points: 3, check: written}\n"
)
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (71)\n    Points Possible,,,,,13\n"


def test_every_command_of_the_page_is_followed_from_the_export_to_the_gradebook(
    tmp_path: Path,
) -> None:
    # A small homework under the name that the page grades: the one in the folder comes first.
    home = write_rubric(tmp_path, HOMEWORK.replace("id: tiny", "id: ece247-hw3"))
    shutil.copytree(home, tmp_path / "rubrics" / "ece247-hw3")
    shutil.rmtree(home)
    put(tmp_path / "all" / "silver-otter" / "act.py", RIGHT)
    put(
        tmp_path / "all" / "night-plover" / "act.py", RIGHT.replace("np.tanh(z) ** 2", "np.tanh(z)")
    )
    shutil.make_archive(str(tmp_path / "submissions"), "zip", tmp_path / "all")
    put(tmp_path / "roster.csv", "SID,Name\nsilver-otter,A\nnight-plover,B\nfoggy-lark,C\n")
    put(tmp_path / "changes.csv", "student,kind,amount,item,reason\nnight-plover,adjust,-1,,late\n")
    told = {}
    for line in COMMANDS:
        name, *words = shlex.split(line)
        if name == "cp":
            shutil.copytree(tmp_path / words[1], tmp_path / words[2])
            continue
        assert name == "grader", line
        if words[0] == "gradebook":
            listed = "".join(
                f"x,{n},{s},,L,\n" for n, s in enumerate(("silver-otter", "night-plover"))
            )
            put(tmp_path / "exported.csv", CANVAS + listed)
        done = cold_grader(*words, cwd=tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        told[" ".join(words[:2])] = done.stdout + done.stderr
        if words[:2] == ["marks", "template"]:
            path = tmp_path / "marks.csv"
            put(path, path.read_text("utf-8").replace(",3,,", ",3,2,"))
    assert "foggy-lark" in told["grade submissions.zip"]
    rows = scores(tmp_path / "runs" / "hw3-mended")
    assert rows["silver-otter"]["total"] == "12"
    assert rows["night-plover"]["adjustments"]
    assert (tmp_path / "runs" / "hw3" / "report.html").exists()
    assert len(list((tmp_path / "runs" / "hw3-mended" / "feedback").glob("*.md"))) >= 2
    with (tmp_path / "upload.csv").open(newline="", encoding="utf-8") as stream:
        uploaded = {row[2]: row[-1] for row in list(csv.reader(stream))[2:]}
    assert uploaded["silver-otter"] == "12"
    assert float(uploaded["night-plover"]) < 12


def test_the_readme_leads_to_the_page_and_every_link_in_it_leads_somewhere() -> None:
    assert "(docs/teaching-assistants.md)" in (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
