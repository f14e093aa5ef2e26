"""Refusals in words: a step that cannot do what was asked fails with our sentence, and is not tried again.

What belongs here: turning an error of this project into a failure of Dagster's. What the sentence says belongs to
whoever refuses.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import Failure

from thindicators.errors import ThindicatorsError


@contextmanager
def failing_in_words() -> Iterator[None]:
    """Fail the step with the words of whatever this project refuses."""
    try:
        yield
    except ThindicatorsError as problem:
        raise Failure(description=str(problem), allow_retries=False) from None
