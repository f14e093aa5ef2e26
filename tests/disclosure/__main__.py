"""`python -m tests.disclosure`: try to work out what is withheld in small tables, and print how much came out."""

from __future__ import annotations

import sys

from tests.disclosure.kinds import attacks


def main() -> None:
    """Print a line for each kind of table; end with 1 if any withheld cell could be worked out."""
    recovered = 0
    for attack in attacks():
        recovered += len(attack.recovered)
        print(
            f"{attack.name}: {attack.tables:,} tables with {attack.cells:,} withheld cells, "
            f"{attack.at_the_edge:,} of them at the edge of what was tried: {len(attack.recovered)} recovered"
        )
    print(f"{recovered} cells recovered")
    sys.exit(recovered > 0)


if __name__ == "__main__":
    main()
