"""What the page on data sets says to run, runs: on made files, a few images long."""

from __future__ import annotations

import re
from pathlib import Path

from tests.reference.test_image_files import cifar, digits

__all__ = ["cifar", "digits"]  # the folders of made files

PAGE = Path(__file__).parents[2] / "docs" / "datasets.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
SMALL = "train=3, validation=2, test=3"


def run(blocks, loader, folder):
    """Run blocks of the page one after the other, with few images and few hidden units."""
    named: dict = {}
    for block in blocks:
        short = re.sub(rf'{loader}\("[\w-]+"\)', f"{loader}({str(folder)!r}, {SMALL})", block)
        exec(compile(short.replace("=1024", "=8"), "docs/datasets.md", "exec"), named)
    return named


def test_the_page_is_found_from_the_readme():
    assert "(docs/datasets.md)" in (PAGE.parents[1] / "README.md").read_text("utf-8")


def test_the_two_layer_net_trains_on_cifar_and_draws_its_curves(cifar, monkeypatch, capsys):
    monkeypatch.chdir(cifar)
    named = run(BLOCKS[:1], "cifar10_split", cifar)
    assert len(named["training"].train_accuracies) == 1 + 10
    assert re.fullmatch(r"validation [01]\.\d+\ntest [01]\.\d+\n", capsys.readouterr().out)
    assert (cifar / "cifar10.svg").read_text("utf-8").startswith("<?xml")


def test_lenet_trains_on_mnist_and_is_watched(digits, monkeypatch, capsys):
    monkeypatch.chdir(digits)
    named = run(BLOCKS[1:], "mnist_split", digits)
    assert re.fullmatch(r"test [01]\.\d+\n", capsys.readouterr().out)
    assert named["monitor"].steps == [0]
    assert {path.stem for path in digits.glob("*.svg")} == {"3 activation", "1 weight gradient"}


def test_no_block_of_the_page_is_left_out():
    assert len(BLOCKS) == 3
