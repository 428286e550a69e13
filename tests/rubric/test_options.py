"""What a course chooses reaches problems, constants and whatever is there under it alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import RubricError, UsageError
from grader.records import DatasetRef, Option, ProblemRef, Rubric
from grader.rubric import load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection, read_course
from grader.rubric.loading import read
from grader.rubric.outline import Outline
from tests.rubric.conftest import SmallCatalogue

Load = Callable[[str], Rubric]
Change = Callable[..., str]
Chosen = Callable[..., Rubric]

SEED = "seed: 7\n"
NET = "{id: net, layout: rows}"
PENALTY = SEED + "options: {penalty: {default: full, choices: [half, full], title: The penalty}}\n"
YEAR = (
    SEED
    + """\
options:
  year:
    default: "2020"
    choices:
      "2015": {penalty: half, key: velocity, size: 4}
      "2020": {penalty: full, key: v, size: 5}
"""
)
WITH = ("    answers: {loss", "    with: {key: $key, size: $size}\n    answers: {loss")


@pytest.fixture
def chosen(folder: Path) -> Chosen:
    """Load a text under choices, each written as ``year=2015``."""

    def load_text(text: str, *choices: str) -> Rubric:
        (folder / "rubric.yaml").write_text(text, encoding="utf-8")
        made = (choice.split("=") for choice in choices)
        selection = Selection(
            choices=tuple(Choice(option=o, choice=c, source="--option") for o, c in made)
        )
        return load_rubric(folder, SmallCatalogue(), selection)

    return load_text


def options_of(rubric: Rubric, probe: str = "net") -> dict[str, str]:
    source = rubric.probes[probe].source
    assert isinstance(source, ProblemRef)
    return dict(source.options)


# --- what a choice reaches -------------------------------------------------------------------


def test_the_default_is_chosen_where_nobody_chooses(chosen: Chosen, change: Change) -> None:
    rubric = chosen(change((SEED, PENALTY)))

    assert rubric.chosen == {"penalty": "full"}
    assert options_of(rubric) == {"layout": "rows", "penalty": "full"}
    assert rubric.options == (
        Option(
            id="penalty",
            title="The penalty",
            default="full",
            choices={"half": {}, "full": {}},
        ),
    )


def test_a_choice_reaches_every_problem_that_has_the_option(chosen: Chosen, change: Change) -> None:
    rubric = chosen(change((SEED, PENALTY)), "penalty=half")

    assert options_of(rubric)["penalty"] == "half"


def test_the_last_of_several_choices_wins(chosen: Chosen, change: Change) -> None:
    rubric = chosen(change((SEED, PENALTY)), "penalty=full", "penalty=half")

    assert rubric.chosen == {"penalty": "half"}


def test_what_a_probe_fixes_wins_over_a_choice(chosen: Chosen, change: Change) -> None:
    text = change((SEED, PENALTY), (NET, "{id: net, layout: rows, penalty: half}"))

    assert options_of(chosen(text, "penalty=full"))["penalty"] == "half"


def test_a_choice_of_other_values_leaves_a_problem_alone(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, SEED + "options: {scaling: {default: a, choices: [a, b]}}\n"),
        ("    answers: {loss", "    with: {how: $scaling}\n    answers: {loss"),
    )

    rubric = chosen(text, "scaling=b")

    assert options_of(rubric) == {"layout": "rows"}
    assert rubric.probes["net"].constants == {"how": "b"}


def test_a_name_stands_for_what_is_chosen(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, SEED + "options: {shape: {default: rows, choices: [rows, columns]}}\n"),
        (NET, "{id: net, layout: $shape}"),
        ("net.loss(X, y)", "net.loss(w, y)"),
    )

    assert options_of(chosen(text))["layout"] == "rows"
    assert options_of(chosen(text, "shape=columns"))["layout"] == "columns"


def test_one_choice_sets_several_names(chosen: Chosen, change: Change) -> None:
    text = change((SEED, YEAR), WITH)

    old, new = chosen(text, "year=2015"), chosen(text)

    assert options_of(old)["penalty"] == "half"
    assert options_of(new)["penalty"] == "full"
    assert old.probes["net"].constants == {"key": "velocity", "size": 4}
    assert new.probes["net"].constants == {"key": "v", "size": 5}


def test_names_are_replaced_in_a_list_and_a_dollar_is_doubled(
    chosen: Chosen, change: Change
) -> None:
    text = change(
        (SEED, PENALTY),
        (
            "    answers: {loss",
            '    with: {words: [$penalty, [a, $penalty]], price: $$5, plain: "5 $"}\n'
            "    answers: {loss",
        ),
    )

    constants = chosen(text, "penalty=half").probes["net"].constants

    assert constants == {"words": ["half", ["a", "half"]], "price": "$5", "plain": "5 $"}


def test_numbers_of_cases_data_sets_limits_and_items_may_be_chosen(
    chosen: Chosen, change: Change
) -> None:
    text = change(
        (
            SEED,
            SEED
            + """\
options:
  year:
    default: "2020"
    choices:
      "2015": {decay: 0.3, many: 3, data: blobs, room: 2, worth: 2.5, bar: 0.9, most: 0.25}
      "2020": {decay: 0.7, many: 4, data: blobs, room: 3, worth: 2, bar: 0.8, most: 0.5}
limits: {cpu_s: $room}
""",
        ),
        ("decay: {reg: 0.3}", "decay: {reg: $decay, draws: $many}"),
        ("{id: blobs, train: 10, test: 5, D: 6}", "{id: $data, train: 10, test: 5, D: $many}"),
        ("    points: 2\n", "    points: $worth\n"),
        ("{plain: 0.7, decay: 0.3}}", "{plain: 0.5, decay: 0.5}, mutated: $most}"),
        ("accuracy: 0.9", "accuracy: $bar"),
    )

    old, new = chosen(text, "year=2015"), chosen(text)

    assert old.probes["net"].cases[1].overrides == {"reg": 0.3}
    assert [case.draws for case in new.probes["net"].cases] == [2, 4]
    source = new.probes["fit"].source
    assert isinstance(source, DatasetRef)
    assert (source.id, source.parameters) == ("blobs", {"D": 4})
    assert (old.limits.cpu_s, new.limits.cpu_s) == (2, 3)
    assert [str(rubric.items[0].points) for rubric in (old, new)] == ["2.5", "2"]
    assert [str(rubric.items[0].mutated) for rubric in (old, new)] == ["0.25", "0.5"]
    assert [rubric.items[2].parameters["accuracy"] for rubric in (old, new)] == [0.9, 0.8]


def test_the_problem_itself_may_be_chosen(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, SEED + "options: {kind: {default: tanh, choices: [tanh, net]}}\n"),
        (
            "  fit:\n",
            "  any:\n    problem: $kind\n    code: out = N\n    answers: {out: out}\n  fit:\n",
        ),
        (
            "items:\n",
            "items:\n  - {id: any, title: Any, points: 1, check: property, probe: any, answer: out, "
            "holds: out > 0}\n",
        ),
    )

    sources = [chosen(text, f"kind={kind}").probes["any"].source for kind in ("tanh", "net")]

    assert [source.id for source in sources if isinstance(source, ProblemRef)] == ["tanh", "net"]


def test_a_name_that_two_places_share_by_an_anchor_is_replaced_in_both(
    chosen: Chosen, change: Change
) -> None:
    text = change(
        (SEED, PENALTY),
        (
            "    answers: {loss",
            "    with: &both {how: $penalty, price: $$penalty}\n    answers: {loss",
        ),
        ("    answers: {pred", "    with: *both\n    answers: {pred"),
    )

    probes = chosen(text).probes

    assert probes["net"].constants == probes["fit"].constants
    assert probes["fit"].constants == {"how": "full", "price": "$penalty"}


# --- only ------------------------------------------------------------------------------------

LAYOUT = SEED + 'options: {layout: {default: "2021", choices: ["2015", "2021"]}}\n'
OLD = """\
  old:
    only: {layout: "2015"}
    problem: tanh
    code: out = np.tanh(z)
    answers: {out: out}
  fit:
"""
OLD_ITEM = (
    "  - {id: old, title: Old, points: 5, check: value, probe: old, answer: out, "
    'only: {layout: ["2015"]}}\n'
)


def test_what_does_not_match_is_left_out(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, LAYOUT),
        ("  fit:\n    dataset", OLD + "    dataset"),
        ("items:\n", "items:\n" + OLD_ITEM),
    )

    new, old = chosen(text), chosen(text, "layout=2015")

    assert [item.id for item in new.items] == ["loss", "dW1", "fit"]
    assert list(new.probes) == ["net", "fit"]
    assert [item.id for item in old.items] == ["old", "loss", "dW1", "fit"]
    assert list(old.probes) == ["net", "old", "fit"]
    assert old.maximum - new.maximum == 5


def test_a_module_may_be_expected_under_one_choice(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, LAYOUT),
        (
            "[nndl/net.py]",
            '[{path: a.py, only: {layout: "2015"}}, nndl/net.py, {path: b.py, only: {layout: "2021"}}]',
        ),
    )

    assert chosen(text).modules.expected == ("nndl/net.py", "b.py")
    assert chosen(text, "layout=2015").modules.expected == ("a.py", "nndl/net.py")


def test_two_items_may_have_one_id_if_no_choice_holds_both(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, LAYOUT),
        ("    points: 2\n", '    points: 2\n    only: {layout: "2021"}\n'),
        (
            "items:\n",
            "items:\n  - {id: loss, title: Old, points: 5, check: value, probe: net, answer: loss, "
            'only: {layout: "2015"}}\n',
        ),
    )

    assert [str(item.points) for item in chosen(text).items] == ["2", "1.5", "3"]
    assert [str(item.points) for item in chosen(text, "layout=2015").items] == ["5", "1.5", "3"]


def test_a_section_of_which_nothing_is_left_is_left_out(chosen: Chosen, good: str) -> None:
    head, _, items = good.partition("items:\n")
    indented = "".join(f"      {line}\n" for line in items.splitlines())
    text = (
        head.replace(SEED, LAYOUT)
        + 'sections:\n  - id: a\n    title: "Old"\n    items:\n'
        + '      - {id: old, title: Old, points: 1, check: written, only: {layout: "2015"}}\n'
        + '  - id: b\n    title: "All"\n    items:\n'
        + indented
    )

    assert {item.section for item in chosen(text).items} == {"All"}
    assert next(item.section for item in chosen(text, "layout=2015").items) == "Old"


def test_a_group_may_be_there_under_one_choice(chosen: Chosen, change: Change) -> None:
    text = change(
        (SEED, LAYOUT),
        (
            "items:\n",
            'groups:\n  g: {accept: {scaling: [sum, mean]}, only: {layout: "2015"}}\nitems:\n',
        ),
        (
            "items:\n",
            "items:\n  - {id: old, title: Old, points: 1, check: value, probe: net, answer: loss, "
            'group: g, only: {layout: "2015"}}\n',
        ),
    )

    assert chosen(text).groups == {}
    assert list(chosen(text, "layout=2015").groups) == ["g"]


def test_the_outline_of_a_choice_finds_its_items(
    chosen: Chosen, change: Change, folder: Path
) -> None:
    text = change(
        (SEED, LAYOUT),
        ("  fit:\n    dataset", OLD + "    dataset"),
        ("items:\n", "items:\n" + OLD_ITEM),
    )
    chosen(text)

    outline = Outline.of(folder / "rubric.yaml")

    assert "old" not in outline.items
    place = text[: text.index("  - id: loss")].count("\n") + 1
    assert outline.of_item("loss", "here").line == place


def test_every_combination_becomes_a_rubric(folder: Path, change: Change) -> None:
    text = change((SEED, YEAR + "  layout: {default: a, choices: [a, b]}\n"), WITH)
    text = text.replace("points: 2\n", "points: 2\n    only: {layout: a}\n")
    (folder / "rubric.yaml").write_text(text, encoding="utf-8")

    found = [rubric.chosen for rubric in read(folder, SmallCatalogue()).rubrics()]

    assert found[0] == {"year": "2020", "layout": "a"}
    assert len(found) == 4


def test_the_hash_of_a_rubric_is_one_of_its_choice(chosen: Chosen, change: Change) -> None:
    text = change((SEED, PENALTY))

    assert chosen(text).digest == chosen(text, "penalty=full").digest
    assert chosen(text).digest != chosen(text, "penalty=half").digest


# --- mistakes --------------------------------------------------------------------------------

ITEM = "  - {id: a, title: A, points: 1, check: value, probe: net, answer: loss, only: "
MISTAKES: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "a default that is no choice": (
        [(SEED, SEED + "options: {penalty: {default: haf, choices: [half, full]}}\n")],
        ["5:30: the default 'haf' is none of the choices; did you mean 'half'?"],
    ),
    "an option without a default": (
        [(SEED, SEED + "options: {penalty: {choices: [half, full]}}\n")],
        ["5:20: missing key 'default'"],
    ),
    "an option without choices": (
        [(SEED, SEED + "options: {penalty: {default: half}}\n")],
        ["5:20: missing key 'choices'"],
    ),
    "an unknown key of an option": (
        [(SEED, PENALTY.replace("title", "titel"))],
        ["5:59: unknown key 'titel'; did you mean 'title'?"],
    ),
    "a choice that is a number": (
        [(SEED, SEED + "options: {penalty: {default: half, choices: [half, 2020]}}\n")],
        [
            '5:45: choices must be a text, not the number 2020; write "2020" in quotes',
        ],
    ),
    "a choice that stands twice": (
        [(SEED, SEED + "options: {penalty: {default: half, choices: [half, half]}}\n")],
        ["5:45: choices must not hold a choice twice"],
    ),
    "a choice that the problem does not know, although it knows another": (
        [(SEED, SEED + "options: {penalty: {default: half, choices: [half, ful]}}\n")],
        ["5:52: problem net: penalty cannot be 'ful'; did you mean 'full'?"],
    ),
    "an option on which nothing depends": (
        [(SEED, SEED + "options: {other: {default: a, choices: [a, b]}}\n")],
        [
            "5:11: nothing depends on the option 'other'; a probe reads it as $other, "
            "and 'only' as other"
        ],
    ),
    "a name that nothing reads": (
        [(SEED, YEAR), ("    answers: {loss", "    with: {key: $key}\n    answers: {loss")],
        ["9:46: nothing reads 'size': a probe reads it as $size"],
    ),
    "a name that no option sets": (
        [(SEED, PENALTY), ("    answers: {loss", "    with: {a: $penalti}\n    answers: {loss")],
        ["14:15: no option sets '$penalti'; did you mean 'penalty'?"],
    ),
    "a name that no option sets, as a problem's option": (
        [(NET, "{id: net, layout: $shape}")],
        ["8:32: no option sets '$shape'; there is none"],
    ),
    "a name that one of the choices lacks": (
        [(SEED, YEAR.replace(", size: 4", "")), WITH],
        ["19:29: no option sets '$size'; known: year, penalty, key (where year is 2015)"],
    ),
    "a value that a problem's option cannot have": (
        [
            (SEED, SEED + "options: {shape: {default: rows, choices: [rows, coluns]}}\n"),
            (NET, "{id: net, layout: $shape}"),
        ],
        [
            "9:32: problem net: layout cannot be 'coluns'; did you mean 'columns'? "
            "(where shape is coluns)"
        ],
    ),
    "a name that is taken": (
        [
            (
                SEED,
                SEED + "options:\n  penalty: half\n  layout:\n    default: rows\n    choices: "
                "{rows: {penalty: full}, columns: {}}\n",
            )
        ],
        ["9:22: 'penalty' is set by the option 'penalty' already"],
    ),
    "an only of an option that there is not": (
        [(SEED, PENALTY), ("items:\n", "items:\n" + ITEM + "{penalt: half}}\n")],
        ["21:81: there is no option 'penalt' to choose; did you mean 'penalty'?"],
    ),
    "an only of a choice that there is not": (
        [(SEED, PENALTY), ("items:\n", "items:\n" + ITEM + "{penalty: [half, ful]}}\n")],
        ["21:97: the option penalty cannot be 'ful'; did you mean 'full'?"],
    ),
    "an only of an option that is fixed": (
        [
            (SEED, SEED + "options: {penalty: half}\n"),
            ("items:\n", "items:\n" + ITEM + "{penalty: half}}\n"),
        ],
        ["21:81: the option 'penalty' is fixed, not chosen"],
    ),
    "an item that needs a probe which is left out": (
        [
            (SEED, LAYOUT),
            ("  fit:\n    dataset", OLD + "    dataset"),
            ("items:\n", "items:\n" + OLD_ITEM.partition(", only")[0] + "}\n"),
        ],
        ["26:59: the probe 'old' is left out where this item is not (where layout is 2021)"],
    ),
    "a probe that no item uses under any choice": (
        [(SEED, LAYOUT), ("  fit:\n    dataset", OLD + "    dataset")],
        ["15:3: no item uses the probe 'old'"],
    ),
    "an unknown name of a probe's code under one choice": (
        [
            (SEED, SEED + "options: {shape: {default: rows, choices: [rows, columns]}}\n"),
            (NET, "{id: net, layout: $shape}"),
        ],
        ["13:30: unknown name 'X'; did you mean 'XT'? (where shape is columns)"],
    ),
    "an only of a module that names no choice": (
        [
            (SEED, LAYOUT),
            ("[nndl/net.py]", "[nndl/net.py, {path: a.py, only: {layout: [2021, new]}}]"),
        ],
        [
            '6:64: an entry of layout must be a text, not the number 2021; write "2021" in quotes',
        ],
    ),
    "an only of a module, of a choice that there is not": (
        [(SEED, LAYOUT), ("[nndl/net.py]", "[nndl/net.py, {path: a.py, only: {layout: new}}]")],
        ["6:63: the option layout cannot be 'new'; known: 2015, 2021"],
    ),
    "no module under one choice": (
        [(SEED, LAYOUT), ("[nndl/net.py]", '[{path: nndl/net.py, only: {layout: "2021"}}]')],
        ["6:21: expected must name at least one (where layout is 2015)"],
    ),
    "a module without a path": (
        [(SEED, LAYOUT), ("[nndl/net.py]", '[nndl/net.py, {only: {layout: "2021"}}]')],
        ["6:35: missing key 'path' (where layout is 2021)"],
    ),
    "a name of an option in code": (
        [
            (SEED, PENALTY),
            ("loss, grads = net.loss(X, y)", 'loss, grads = net.loss(X, "$penalty")'),
        ],
        [
            "13:34: $penalty is not replaced in Python: hand it in by "
            "'with: {penalty: $penalty}', and read it as penalty"
        ],
    ),
    "a name of an option as a variable": (
        [
            (SEED, PENALTY),
            ("      loss, grads = net.loss(X, y)", "      loss, grads = net.loss(X, $penalty)"),
        ],
        [
            "13:33: $penalty is not replaced in Python: hand it in by "
            "'with: {penalty: $penalty}', and read it as penalty"
        ],
    ),
    "a name of an option in an answer": (
        [(SEED, PENALTY), ("grads['W1']", "grads[$penalty]")],
        [
            "14:39: $penalty is not replaced in Python: hand it in by "
            "'with: {penalty: $penalty}', and read it as penalty"
        ],
    ),
    "a name of an option inside a hint": (
        [(SEED, PENALTY), ("title: Loss", "title: Loss with $penalty")],
        [
            "22:12: $penalty is not replaced here: it stands for the whole of a value, of a "
            "problem, 'with', 'cases', 'dataset', 'limits', 'accept' or what an item counts"
        ],
    ),
    "a name of an option inside a constant": (
        [
            (SEED, PENALTY),
            ("    answers: {loss", "    with: {file: data/$penalty.txt}\n    answers: {loss"),
        ],
        [
            "14:18: $penalty is not replaced inside a text: it stands for the whole of a value, of "
            "a problem, 'with', 'cases', 'dataset', 'limits', 'accept' or what an item counts"
        ],
    ),
    "a name that no option sets, in a case, a data set, a check and a problem": (
        [
            (SEED, PENALTY),
            ("decay: {reg: 0.3}", "decay: {reg: $reg}"),
            ("D: 6", "D: $many"),
            ("accuracy: 0.9", "accuracy: $bar"),
            ("{id: net, layout: rows}", "{id: $net, layout: rows}"),
        ],
        [
            "9:19: no option sets '$net'; known: penalty",
            "10:55: no option sets '$reg'; known: penalty",
            "16:49: no option sets '$many'; known: penalty",
            "29:96: no option sets '$bar'; known: penalty",
        ],
    ),
    "a chosen number that does not fit": (
        [
            (SEED, SEED + "options: {y: {default: a, choices: {a: {n: 2}, b: {n: 1.5}}}}\n"),
            ("draws: 2", "draws: $n"),
        ],
        ["10:38: draws must be a whole number from 1 to 100, not the number 1.5 (where y is b)"],
    ),
    "more combinations than can be checked": (
        [
            (
                SEED,
                SEED
                + "options:\n"
                + "".join(f"  o{i}: {{default: a, choices: [a, b, c]}}\n" for i in range(4)),
            ),
            ("    answers: {loss", "    with: {all: [$o0, $o1, $o2, $o3]}\n    answers: {loss"),
        ],
        ["5:1: 81 combinations of choices: at most 64 can all be checked"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_about_options_is_told_at_its_place(
    mistake: str, complaints: Callable[[str], list[str]], change: Change
) -> None:
    pairs, expected = MISTAKES[mistake]

    assert complaints(change(*pairs)) == expected


def test_a_mistake_of_every_choice_is_told_once_and_without_any(
    complaints: Callable[[str], list[str]], change: Change
) -> None:
    found = complaints(change((SEED, PENALTY), ("points: 2", "points: -2")))

    assert found == ["23:13: points must be more than 0, not -2"]


# --- choosing --------------------------------------------------------------------------------


def test_an_unknown_option_says_which_one_was_meant(chosen: Chosen, change: Change) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(change((SEED, PENALTY)), "penalti=half", "penalty=haf")

    assert str(caught.value).splitlines() == [
        "--option: rubric demo has no option 'penalti' to choose; did you mean 'penalty'?",
        "--option: option penalty of rubric demo cannot be 'haf'; did you mean 'half'?",
    ]


def test_a_fixed_option_cannot_be_chosen(chosen: Chosen, change: Change) -> None:
    with pytest.raises(UsageError, match="no option 'penalty' to choose; there is none"):
        chosen(change((SEED, SEED + "options: {penalty: half}\n")), "penalty=full")


def test_a_course_chooses_and_the_command_line_wins(
    folder: Path, change: Change, tmp_path: Path
) -> None:
    (folder / "rubric.yaml").write_text(change((SEED, YEAR), WITH), encoding="utf-8")
    file = tmp_path / "course.yaml"
    file.write_text('options:\n  demo: {year: "2015"}\n', encoding="utf-8")
    made = (Choice(option="year", choice="2020", source="--option"),)

    course = read_course(file)

    by_course = load_rubric(folder, SmallCatalogue(), Selection(course=course))
    by_both = load_rubric(folder, SmallCatalogue(), Selection(course=course, choices=made))
    assert by_course.chosen == {"year": "2015"}
    assert by_both.chosen == {"year": "2020"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("options: {demo: {year: '2019'}}", "{file}:1:24: option year of rubric demo cannot be"),
        ("options: {demo: {yaer: '2015'}}", "{file}:1:24: rubric demo has no option 'yaer'"),
        ("options: {domo: {year: '2015'}}", "{file}:1:11: there is no rubric 'domo'; did you mean"),
        ("options: {demo: {year: 2015}}", "{file}:1:24: year must be a text, not the number 2015"),
        ("options: {demo: year}", "{file}:1:17: demo must map options to choices, not the text"),
        ("options: demo", "{file}:1:10: options must map rubrics to their options, not the text"),
        ("option: {}", "{file}:1:1: unknown key 'option'; did you mean 'options'?"),
        ("- 5", "{file}:1:1: a course file is a mapping, not a list"),
    ],
)
def test_a_mistake_in_a_course_file_is_told_at_its_place(
    text: str, told: str, folder: Path, change: Change, tmp_path: Path
) -> None:
    (folder / "rubric.yaml").write_text(change((SEED, YEAR), WITH), encoding="utf-8")
    file = tmp_path / "course.yaml"
    file.write_text(text + "\n", encoding="utf-8")

    with pytest.raises((RubricError, UsageError)) as caught:
        load_rubric(folder, SmallCatalogue(), Selection(course=read_course(file)))

    assert str(caught.value).startswith(told.format(file=file))


def test_a_course_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"course\.yaml' cannot be read: No such file"):
        read_course(tmp_path / "course.yaml")
