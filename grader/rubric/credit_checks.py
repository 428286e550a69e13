"""Can a wrong answer of this item follow from an earlier mistake, as its credit says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.errors import Complaint
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.check_schema import COMPARED_CHECKS, UNDIVIDED_CHECKS
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.schema import AskedModel
from grader.rubric.wording import hint, shown


def carrying_complaints(
    draft: Draft, at: Path, item: AskedModel, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield what is wrong with the carried share of an item, and with a numeric method.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    at
        Path of the item.
    item
        Of which the probe exists.
    problems
        The known problem of each probe that has one.
    """
    probe = draft.rubric.probes[item.probe]
    if item.check not in COMPARED_CHECKS:
        for key in _unknown_to(item.check):
            if (*at, "credit", key) in draft.document.places:
                message = f"an item with the check {item.check!r} cannot have {key!r}"
                yield draft.document.at_key((*at, "credit", key), message)
        return
    has_loss = bool(probe.loss) and item.check == "gradient"
    if item.further.get("method") == "numeric" and not probe.loss:
        message = f"the method 'numeric' needs a 'loss' of the probe {item.probe!r}"
        yield draft.document.at((*at, "method"), message)
    # A formula may follow from intermediates that it works out itself.
    can_carry = has_loss or item.check == "formula"
    if item.credit.carried and not item.credit.given and not can_carry:
        message = "nothing to carry forward from: name answers in 'given', or for a gradient "
        message += f"a 'loss' of the probe {item.probe!r} (a layer's is np.sum(dout * out))"
        yield draft.document.at((*at, "credit", "carried"), message)
    if item.credit.given and not item.credit.carried:
        message = "'given' without a 'carried' share earns nothing"
        yield draft.document.at((*at, "credit", "given"), message)
    yield from _given(draft, at, item, problems)


def _unknown_to(check: str) -> tuple[str, ...]:
    """Return the keys of ``credit`` that a check without right answers cannot have."""
    keys = ("carried", "given", "mutated")
    if check in UNDIVIDED_CHECKS:
        return (*keys, "cases", "answers")
    return (*keys, "answers") if check == "property" else keys


def _given(
    draft: Draft, at: Path, item: AskedModel, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield the earlier answers that the probe does not give, or from which nothing follows."""
    answers = draft.document.keys(("probes", item.probe, "answers"))
    for i, name in enumerate(item.credit.given):
        path = (*at, "credit", "given", i)
        if name not in answers:
            message = f"probe {item.probe!r} has no answer {shown(name)}{hint(name, answers)}"
            yield draft.document.at(path, message)
        elif item.probe in problems and name not in problems[item.probe].intermediates:
            facts = problems[item.probe]
            message = f"problem {facts.id} cannot go on from {shown(name)}"
            message += hint(name, sorted(facts.intermediates))
            yield draft.document.at(path, message)
