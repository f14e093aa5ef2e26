"""A release: made beside the current one, checked whole, and swapped in."""
