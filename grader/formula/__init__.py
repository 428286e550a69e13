"""Formulas that students type, as LaTeX or as plain text: read, given shapes, evaluated.

The text is data throughout: a scanner and a grammar of our own, a table of functions, arrays of the
grader's own draws. Nothing of it is ever run as Python, and every size is capped.
"""

from grader.formula.document import Formula, read
from grader.formula.errors import FormulaError, ShapeError
from grader.formula.vocabulary import Vocabulary, vocabulary

__all__ = ["Formula", "FormulaError", "ShapeError", "Vocabulary", "read", "vocabulary"]
