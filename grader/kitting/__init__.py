"""The making of kits: what of a homework its students are given, and nothing beyond that."""
