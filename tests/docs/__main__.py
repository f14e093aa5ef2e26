"""`python -m tests.docs`: write the parts of the documents that are made from the code and from a release."""

from __future__ import annotations

from tests.docs.generated import FROM_A_RELEASE, FROM_THE_CODE, write_part
from tests.samples import sample_release


def main() -> None:
    """Write every part."""
    for (document, name), make in FROM_THE_CODE.items():
        write_part(document, name, make())
    release = sample_release()
    for (document, name), make_from in FROM_A_RELEASE.items():
        write_part(document, name, make_from(release))


if __name__ == "__main__":
    main()
