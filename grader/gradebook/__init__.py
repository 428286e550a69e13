"""A run's scores in the files that Canvas, Moodle and Gradescope have for grades."""
