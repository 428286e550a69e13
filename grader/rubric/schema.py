"""What may stand in a rubric: one model for each mapping of its language.

Every field has a default, also the keys that a rubric must have (``REQUIRED``): so a rubric with
mistakes still becomes a draft, of which everything else is checked in the same run. What concerns
two places at once (an item and its probe) is in ``probe_checks`` and ``item_checks``.
"""

# Annotations are evaluated here: older pydantic 2 cannot read ``__pydantic_extra__`` as a string.

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator

from grader.rubric.check_schema import CHECKS, Strict
from grader.rubric.fields import (
    Constant,
    Id,
    Percent,
    Points,
    Quantity,
    Text,
    Texts,
    Weight,
    filled,
    hours,
    leader_source,
    module,
    named_choices,
    one_of,
    one_or_more,
    option_source,
    part,
    seconds,
    something,
    source,
    version,
    whole,
    yes_or_no,
)

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
SCHEMA_VERSION = 1
LEAST_MEMORY_MB = 256
"""Address space; with less not even NumPy can be imported and do its work."""


# --- the head ------------------------------------------------------------------------------


class ProbeLimitsModel(Strict):
    """What one call may use."""

    cpu_s: Annotated[float, PlainValidator(seconds("0.01", "3600"))] = 0.0
    wall_s: Annotated[float, PlainValidator(seconds("0.1", "7200"))] = 0.0
    memory_mb: Annotated[int, PlainValidator(whole(LEAST_MEMORY_MB, 1_048_576))] = 0
    output_kb: Annotated[int, PlainValidator(whole(1, 1_048_576))] = 0


class LimitsModel(ProbeLimitsModel):
    """What one call, and one submission, may use; only what is set counts."""

    load_s: Annotated[float, PlainValidator(seconds("0.1", "3600"))] = 0.0
    total_s: Annotated[float, PlainValidator(seconds("1", "86400"))] = 0.0


class OptionModel(Strict):
    """What may be chosen; without ``choices`` it is fixed, and written as a text."""

    REQUIRED = ("default", "choices")

    default: Text = ""
    choices: Annotated[dict[str, dict[str, Constant]], BeforeValidator(named_choices)] = Field(
        default_factory=dict
    )
    """Choice -> what else it sets."""
    title: Text = ""


Only = Annotated[dict[str, Texts], BeforeValidator(filled)]
"""Option -> the choices for which something is there."""


class ExpectedModel(Strict):
    """One module that students hand in."""

    REQUIRED = ("path",)
    path: Text = ""
    only: Only = Field(default_factory=dict)


class ModulesModel(Strict):
    """What a submission consists of, and what it may import."""

    REQUIRED = ("expected",)
    expected: Annotated[
        tuple[Annotated[ExpectedModel, BeforeValidator(module)], ...], BeforeValidator(one_or_more)
    ] = ()
    preload: tuple[Text, ...] = ()
    stand_in: tuple[Text, ...] = ()
    flag: tuple[Text, ...] = ()
    numpy_compat: Annotated[bool, PlainValidator(yes_or_no)] = False
    """Whether names that older NumPy had are provided."""
    readable: Texts = ()
    """Files and folders beside the rubric that student code may read."""


class IsolationModel(Strict):
    """How well student code must be isolated."""

    REQUIRED = ("level",)
    level: Annotated[int, PlainValidator(whole(2, 3))] = 0
    """The lowest level to go on at; a rubric cannot ask for less than is safe."""


# --- probes --------------------------------------------------------------------------------


class ProblemModel(Strict):
    """A problem; its further keys are options."""

    model_config = ConfigDict(extra="allow", frozen=True)
    REQUIRED = ("id",)
    __pydantic_extra__: dict[str, Text]
    id: Text = ""

    @property
    def options(self) -> dict[str, str]:
        """The options that this probe fixes."""
        return dict(self.__pydantic_extra__)


MODES = ("unseen", "overfit")
"""What a training is judged on: examples that it has not seen, or those that it has learnt."""


class DatasetModel(Strict):
    """A data set; its further keys are numeric parameters."""

    model_config = ConfigDict(extra="allow", frozen=True)
    REQUIRED = ("id", "train")
    __pydantic_extra__: dict[str, Quantity]
    id: Text = ""
    train: Annotated[int, PlainValidator(whole(1, 1_000_000))] = 0
    validation: Annotated[int, PlainValidator(whole(0, 1_000_000))] = 0
    test: Annotated[int, PlainValidator(whole(1, 1_000_000))] = 0
    mode: Annotated[str, PlainValidator(one_of(MODES))] = MODES[0]

    @property
    def is_overfit(self) -> bool:
        """Whether there is no hidden set: the training set is to be learnt by heart."""
        return self.mode == "overfit"

    @property
    def parameters(self) -> dict[str, int | float]:
        """What the data set's function is given."""
        return dict(self.__pydantic_extra__)


class CaseModel(Strict):
    """A regime of draws; its further keys override sizes and settings."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Quantity]
    draws: Annotated[int, PlainValidator(whole(1, 100))] = 1

    @property
    def overrides(self) -> dict[str, int | float]:
        """Sizes and settings that this case sets."""
        return dict(self.__pydantic_extra__)


class VariantModel(Strict):
    """One way of calling a student's interface."""

    REQUIRED = ("name", "code")
    name: Text = ""
    code: Text = ""


class ProbeModel(Strict):
    """How a course's interface is called."""

    REQUIRED = ("answers",)
    problem: Annotated[ProblemModel | None, BeforeValidator(source)] = None
    dataset: Annotated[DatasetModel | None, BeforeValidator(something)] = None
    draws: Annotated[str, PlainValidator(one_of(("none",)))] = ""
    """``none`` where nothing is drawn: the answers are read from what was handed in."""
    cases: Annotated[dict[str, CaseModel], BeforeValidator(filled)] = Field(
        default_factory=lambda: {"plain": CaseModel.model_validate({})}
    )
    code: Text = ""
    variants: Annotated[tuple[VariantModel, ...], BeforeValidator(filled)] = ()
    fallback: Text = ""
    again: Text = ""
    loss: Text = ""
    answers: Annotated[dict[str, Text], BeforeValidator(filled)] = Field(default_factory=dict)
    with_: dict[str, Constant] = Field(default_factory=dict, alias="with")
    limits: ProbeLimitsModel = ProbeLimitsModel()
    per_student: Annotated[bool, PlainValidator(yes_or_no)] = False
    """Whether everybody has draws of their own, by a secret that is set when it is graded."""
    only: Only = Field(default_factory=dict)


# --- items ---------------------------------------------------------------------------------


class GroupModel(Strict):
    """Items that share a convention."""

    REQUIRED = ("accept",)
    accept: Annotated[dict[str, Texts], BeforeValidator(filled)] = Field(default_factory=dict)
    only: Only = Field(default_factory=dict)


class CreditModel(Strict):
    """How the points of an item are divided."""

    cases: Annotated[dict[str, Weight], BeforeValidator(filled)] = Field(default_factory=dict)
    answers: Annotated[dict[str, Weight], BeforeValidator(filled)] = Field(default_factory=dict)
    carried: Annotated[Decimal, PlainValidator(part)] = Decimal(0)
    given: Texts = ()
    mutated: Annotated[Decimal, PlainValidator(part)] = Decimal(1)


class AskedModel(Strict):
    """What is asked and how it is judged; its further keys are parameters of its check."""

    model_config = ConfigDict(extra="allow", frozen=True)
    OF_PROBED: ClassVar[tuple[str, ...]] = ("probe", "answer", "group", "credit")
    """Keys that an item which asks for nothing cannot have."""
    check: Annotated[str, PlainValidator(one_of(CHECKS))] = ""
    probe: Text = ""
    answer: Texts = ()
    group: Text = ""
    credit: CreditModel = CreditModel()

    @property
    def further(self) -> dict[str, Any]:
        """The keys that its check may know."""
        return dict(self.__pydantic_extra__ or {})


class WayModel(AskedModel):
    """One of several ways to earn an item."""

    REQUIRED = ("name", "check", "probe", "answer")
    name: Id = ""


LEADER_OF = ("points", "accuracy")
ORDERS = ("desc", "asc")


class LeaderModel(Strict):
    """What an item puts on the leaderboard."""

    REQUIRED = ("name",)
    name: Text = ""
    of: Annotated[str, PlainValidator(one_of(LEADER_OF))] = LEADER_OF[0]
    order: Annotated[str, PlainValidator(one_of(ORDERS))] = ORDERS[0]


class ItemModel(AskedModel):
    """One line of the score sheet."""

    REQUIRED = ("id", "title", "points", "check", "probe", "answer")
    id: Id = ""
    title: Text = ""
    points: Points = Decimal(0)
    any_of: Annotated[tuple[WayModel, ...], BeforeValidator(filled)] = ()
    """In place of a check of its own: ways of which the better one counts."""
    hint: Text = ""
    visibility: Annotated[str, PlainValidator(one_of(VISIBILITIES))] = "visible"
    leaderboard: Annotated[LeaderModel | None, BeforeValidator(leader_source)] = None
    only: Only = Field(default_factory=dict)


LATE_OF = ("maximum", "earned")


class LateModel(Strict):
    """What a late submission loses."""

    REQUIRED = ("per_day",)
    per_day: Percent = Decimal(0)
    of: Annotated[str, PlainValidator(one_of(LATE_OF))] = LATE_OF[0]
    """Whether it is percent of the homework's points, or of those that were earned."""
    grace_h: Annotated[int, PlainValidator(hours)] = 0
    """In hours; kept in seconds."""
    most: Percent = Decimal(100)


class WaiverModel(Strict):
    """Items that a student who says so need not do."""

    REQUIRED = ("phrase", "items")
    phrase: Text = ""
    items: Texts = ()


class SectionModel(Strict):
    """Items under one heading."""

    REQUIRED = ("id", "title", "items")
    id: Id = ""
    title: Text = ""
    items: Annotated[tuple[ItemModel, ...], BeforeValidator(filled)] = ()


class RubricModel(Strict):
    """A whole rubric."""

    REQUIRED = ("schema", "id", "title", "seed", "modules", "probes")
    schema_: Annotated[int, PlainValidator(version(SCHEMA_VERSION))] = Field(0, alias="schema")
    id: Id = ""
    title: Text = ""
    seed: Annotated[int, PlainValidator(whole(0))] = 0
    starter: Text = ""
    options: dict[str, Annotated[OptionModel, BeforeValidator(option_source)]] = Field(
        default_factory=dict
    )
    limits: LimitsModel = LimitsModel()
    isolation: IsolationModel = IsolationModel()
    modules: ModulesModel = ModulesModel()
    probes: Annotated[dict[str, ProbeModel], BeforeValidator(filled)] = Field(default_factory=dict)
    groups: dict[str, GroupModel] = Field(default_factory=dict)
    waivers: dict[str, WaiverModel] = Field(default_factory=dict)
    late: Annotated[LateModel | None, BeforeValidator(something)] = None
    items: Annotated[tuple[ItemModel, ...], BeforeValidator(filled)] = ()
    sections: Annotated[tuple[SectionModel, ...], BeforeValidator(filled)] = ()
