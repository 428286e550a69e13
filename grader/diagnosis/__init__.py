"""What is wrong with a wrong answer? Named mistakes, matched exactly or not at all."""

from grader.diagnosis.diagnosing import diagnose
from grader.diagnosis.material import Background, Sample

__all__ = ["Background", "Sample", "diagnose"]
