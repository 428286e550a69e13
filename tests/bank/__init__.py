"""Wrong and right variants of the references, and how they are judged on certified draws."""
