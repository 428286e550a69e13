"""Automated homework grading for neural-network courses."""

__version__ = "0.1.0"
