"""Damage to good files, in one vocabulary for every test that needs a bad one.

What belongs here: how a good file is made bad, and which good files there are. `good_files` says where each source's
files have what, `tables` reads them as cells and writes them again, `cells` and `periods` change cells, `archives` opens
workbooks as the zips that they are, `letters` changes letters everywhere, and `anywhere` damages bytes at random. What
comes of damage belongs in the tests: `tests/sources/test_contract.py`, `tests/sources/test_any_bytes.py`, `tests/faults`.
"""
