"""A student's kit: visible items of a homework, with frozen draws instead of the reference."""
