"""Which file stands for which module: renamed ones, several versions, the template left beside."""

from __future__ import annotations

from grader.sandbox.choice import is_untouched, package_roots, replacements

EXPECTED = ("nndl/neural_net.py", "nndl/layers.py", "nndl/fc_net.py")


def anything_fits(spare: str, gap: str) -> bool:
    return True


def test_renamed_files_stand_for_the_modules_whose_names_they_bear() -> None:
    spare = ["fc_net (2).py", "layers (1).py", "neural_net (1).py"]
    chosen = replacements(EXPECTED, spare, anything_fits)
    assert chosen == {
        "nndl/neural_net.py": "neural_net (1).py",
        "nndl/layers.py": "layers (1).py",
        "nndl/fc_net.py": "fc_net (2).py",
    }


def test_no_file_stands_for_two_modules() -> None:
    chosen = replacements(EXPECTED, ["everything.py"], anything_fits)
    assert list(chosen.values()) == ["everything.py"]


def test_a_file_that_does_not_define_what_is_wanted_stands_for_nothing() -> None:
    assert replacements(EXPECTED, ["layers (1).py"], lambda spare, gap: False) == {}


def test_only_a_similar_name_may_stand_for_an_untouched_module() -> None:
    untouched = frozenset({"nndl/layers.py"})
    gaps = ["nndl/layers.py"]
    assert replacements(gaps, ["mine.py"], anything_fits, untouched) == {}
    assert replacements(gaps, ["my_layers.py"], anything_fits, untouched) == {
        "nndl/layers.py": "my_layers.py"
    }


def test_a_module_is_preferred_to_a_notebook_and_a_shallow_file_to_a_deep_one() -> None:
    gaps = ["layers.py"]
    assert replacements(gaps, ["layers.ipynb", "a/b/Layers.py"], anything_fits) == {
        "layers.py": "a/b/Layers.py"
    }
    assert replacements(gaps, ["a/b/layers_1.py", "a/layers_1.py"], anything_fits) == {
        "layers.py": "a/layers_1.py"
    }


def test_of_two_versions_the_one_that_was_worked_on_is_taken() -> None:
    template = dict.fromkeys(EXPECTED, b"# TODO\n")
    student = dict.fromkeys(EXPECTED, b"# TODO\r\n")
    student |= {f"final version/{path}": b"solved\n" for path in EXPECTED}
    assert package_roots(student, template, EXPECTED) == ["final version/", ""]


def test_of_two_versions_with_work_in_both_the_shallower_is_taken() -> None:
    student = {f"{root}{path}": b"solved\n" for root in ("old/v1/", "v2/") for path in EXPECTED}
    assert package_roots(student, {}, EXPECTED) == ["v2/", "old/v1/"]


def test_line_ends_alone_are_no_work() -> None:
    assert is_untouched(b"x = 1\r\ny = 2\r\n", b"x = 1\ny = 2\n")
    assert not is_untouched(b"x = 1\ny = 3\n", b"x = 1\ny = 2\n")
    assert not is_untouched(b"", None)
