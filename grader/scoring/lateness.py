"""What does it cost to be late, by the rubric's own rule?"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from grader.records import LatePolicy
from grader.report.escaping import counted, number_text

DAY_S = 86_400
_HUNDREDTH = Decimal("0.01")


def late_penalty(
    policy: LatePolicy, late_s: int, earned: Decimal, maximum: Decimal
) -> tuple[Decimal, str]:
    """Return the points that lateness costs, and why.

    Parameters
    ----------
    policy
        The rubric's.
    late_s
        By how much it was late, in seconds.
    earned, maximum
        Points of all items together; never more than was earned is lost.

    Returns
    -------
    Decimal
        Rounded to the hundredth; 0 within the grace.
    str
        For whoever asks.

    Notes
    -----
    The grace is taken off first, and every day that has begun then counts as one.

    >>> policy = LatePolicy(per_day=Decimal(10), grace_s=3600)
    >>> late_penalty(policy, 90_001, Decimal(70), Decimal(80))
    (Decimal('16.00'), '1 d 01:00:01 late: 2 days of 10 % of the 80 points there are')
    """
    days = -(-max(late_s - policy.grace_s, 0) // DAY_S)
    told = f"{duration(late_s)} late" if late_s else "not late"
    if not days:
        return Decimal(0), f"{told}, within the grace" if late_s else told
    percent = min(policy.per_day * days, policy.most)
    base = earned if policy.is_of_earned else maximum
    what = "earned" if policy.is_of_earned else "there are"
    points = (base * percent / 100).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
    why = f"{told}: {counted(days, 'day')} of {number_text(policy.per_day)} %"
    why += f" of the {number_text(base)} points {what}"
    if percent < policy.per_day * days:
        why += f", at most {number_text(policy.most)} %"
    if points > earned:
        points, why = earned, f"{why}, at most what was earned"
    return points, why


def duration(seconds: int) -> str:
    """Return a time as people read it.

    >>> duration(93_600), duration(59)
    ('1 d 02:00:00', '00:00:59')
    """
    days, rest = divmod(seconds, DAY_S)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
