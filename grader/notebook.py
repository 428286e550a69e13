"""Check your own work in a notebook."""
