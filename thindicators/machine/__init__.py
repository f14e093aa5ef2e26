"""The machine files of a release: the same figures for programs, catalogues, search engines and spreadsheets.

Each module here writes one kind of file from what is already written and known: the plan, the outcomes, the tables and
their `datapackage.json`. Nothing here knows the release's own name or the time of day, and nothing that changes with
the release before (`revisions.csv`, `CHANGES.md`, `feed.xml`) goes into any of these files, so that two releases of
equal figures have equal files.
"""
