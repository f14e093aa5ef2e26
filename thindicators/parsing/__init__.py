"""Parsing: the figures that snapshots hold, read by the modules of their sources."""
