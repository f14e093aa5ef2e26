"""The measures of reading: what is counted, on a few lines of code."""

from __future__ import annotations

from tests.reading import Counts, added, count


def test_lines_of_text_are_no_code_and_comments_are_counted() -> None:
    counts = count('"""Words."""\n\n# Why.\nnumber = 1\n')
    assert (counts.lines, counts.comments) == (1, 1)


def test_a_comprehension_within_another_is_counted_and_one_alone_is_not() -> None:
    assert count("rows = [cell for cell in cells]\n").nested == 0
    assert count("rows = [[cell for cell in row] for row in rows]\n").nested == 1


def test_names_that_stand_in_for_a_name_are_counted_where_they_are_given() -> None:
    counts = count("def read(one, receipt):\n    found = one\n    return found\n")
    assert (counts.stand_ins, counts.names) == (2, 3)


def test_modules_are_added_up() -> None:
    assert added([Counts(1, 8, 0, 1, 2, 0), Counts(1, 6, 1, 0, 2, 1)]) == Counts(2, 14, 1, 1, 4, 1)
    assert added([Counts(2, 14)]).density == 7
