"""Methods: the statistics that verdicts rest on, each a small pure function on plain numbers with its source.

What belongs here: one module for each question. Which figures may be compared, and what is said of them, belongs in
`thindicators.comparing.verdicts`. The page “How comparisons are made” explains each with an example that is worked out
by these functions.
"""
