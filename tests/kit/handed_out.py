"""A made homework with visible and hidden items, and the kit that its course hands out."""

from __future__ import annotations

import zipfile
from pathlib import Path

from grader.kitting.building import build
from grader.rubric import load_rubric
from tests.grading.classroom import write_rubric

SEED = 918273645
RUBRIC = f"""\
schema: 1
id: tiny
title: "A tiny homework"
seed: {SEED}
starter: starter/
limits: {{cpu_s: 2, load_s: 2, wall_s: 20, total_s: 60, memory_mb: 512}}
modules: {{expected: [act.py]}}
waivers:
  spared: {{phrase: "I am spared", items: ["out", "veiled.*"]}}
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
    cases: {{plain: {{draws: 2}}}}
    code: |
      from act import forward, backward
      dz, out = backward(dout, z), forward(z)
    answers: {{dz: dz, out: out}}
  shrouded:
    problem: sigmoid
    cases: {{plain: {{draws: 2}}}}
    code: |
      from act import forward as cloaked_forward
      shaded = cloaked_forward(z)
    answers: {{out: shaded}}
items:
  - {{id: out, title: "tanh", points: 4, check: value, probe: out, answer: out}}
  - {{id: dz, title: "Backwards through tanh", points: 6, check: gradient, probe: dz, answer: dz}}
  - {{id: essay, title: "Why tanh", points: 1, check: written}}
  - id: veiled.sigmoid
    title: "An unannounced sigmoid"
    points: 5
    check: value
    probe: shrouded
    answer: out
    visibility: hidden
    hint: "A whispered hint"
  - id: veiled.out
    title: "An unannounced tanh"
    points: 2
    check: value
    probe: dz
    answer: out
    visibility: after_published
"""


def homework(folder: Path, rubric: str = RUBRIC) -> Path:
    """Write the rubric and return its folder."""
    return write_rubric(folder, rubric)


def handed_out(folder: Path, rubric: str = RUBRIC) -> Path:
    """Build the kit, unpack it and return its folder."""
    read = load_rubric(homework(folder / "course", rubric))
    build(read, folder / "kit.zip")
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        archive.extractall(folder)
    return folder / read.id
