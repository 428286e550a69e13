"""How much a formula may be: what is larger is refused before any work is done on it."""

MOST_TEXT = 8_000
"""Characters of one answer with all its definitions."""
MOST_STATEMENTS = 40
MOST_TOKENS = 1_500
"""Tokens of one statement."""
MOST_NAME = 40
"""Characters of one name with its subscripts."""
MOST_DEPTH = 60
"""Brackets within brackets."""
MOST_LAYERS = 100
"""Operations within operations, after it was read."""
MOST_FACTORS = 80
"""Factors of one product, and terms of one sum."""
MOST_WORK = 20_000
"""Operations on arrays in one evaluation, those of a sum counted for every term."""
MOST_ENTRIES = 1 << 20
"""Entries of one array on the way."""
MOST_EXPONENT = 8
"""Of a power of a matrix."""
LARGEST = 1e12
"""Largest number that can be written, and the largest exponent's size is far below it."""
