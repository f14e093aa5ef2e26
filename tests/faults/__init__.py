"""The faults that publishers and people make, on every source: `python -m tests.faults` prints what came of each.

What belongs here: faults as data and small functions, the publisher that makes them on loopback, and the judgement that
no wrong figure got out. A fault of one source alone belongs in that source's own tests.
"""
