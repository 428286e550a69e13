"""From verdicts to points."""
