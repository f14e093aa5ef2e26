"""The domain: the plan, its indicators, observations, snapshots and releases.

What belongs here is what a person at the council would name, whether Dagster is installed or not. What a single
publisher does belongs in `sources`; what Dagster needs to know belongs in `assets`.
"""

__version__ = "0.1.0"
