"""What is said of items that are open for want of an answer, which no person can mark?"""

from __future__ import annotations

from collections.abc import Iterable

from grader.report.escaping import counted

NOT_RECORDED = "answers that are not recorded"
ASKS_FOR_THEM = "grader grade … --resume asks for them"
_WHY = "a probe, the starter, the limits, the draws or the grader have changed, or more is asked"


def reruns_text(counts: Iterable[int]) -> str:
    """Return how many items need a rerun, why, and what to do; nothing where none does.

    Parameters
    ----------
    counts
        Such items of each submission.

    Examples
    --------
    >>> reruns_text([9, 0, 9]).partition(",")[0]
    '18 items of 2 submissions need answers that are not recorded'
    >>> reruns_text([0, 0])
    ''
    """
    each = [count for count in counts if count]
    if not each:
        return ""
    items, submissions = counted(sum(each), "item"), counted(len(each), "submission")
    needs = "needs" if sum(each) == 1 else "need"
    return f"{items} of {submissions} {needs} {NOT_RECORDED}, since {_WHY}: {ASKS_FOR_THEM}"
