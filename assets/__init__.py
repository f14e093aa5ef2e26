"""Dagster: assets, checks, jobs, schedules and resources; each a thin call into `sources` and `thindicators`."""
