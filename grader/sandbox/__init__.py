"""The student's side and the wall around it: nothing in this package knows an expected value."""
