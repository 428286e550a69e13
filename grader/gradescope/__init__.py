"""A rubric as an autograder on Gradescope: its zip file is built here, and graded by there."""
