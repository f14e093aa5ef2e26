"""Telling people: alerts, the summary of a run, the calendar of releases, and what changed."""
