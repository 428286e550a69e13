"""What is wrong with a wrong answer? Named mistakes, matched exactly or not at all."""
