"""The work itself: one submission, and whole batches of them."""
