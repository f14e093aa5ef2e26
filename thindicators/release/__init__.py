"""A release: made beside the one that stands, checked whole, and swapped in."""
