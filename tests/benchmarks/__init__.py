"""Figures of speed and memory, for `make bench`; no test asserts them."""
