"""A module for each word of the command ``grader``; :mod:`grader.cli` puts them together.

What a command works with is imported when it runs: ``grader --help`` loads no NumPy.
"""
