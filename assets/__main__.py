"""`thindicators`, and `python -m assets`: where the command starts.

What belongs here: nothing but the start. A process that helps a command begins by reading this
module anew, which must cost nothing; the command line itself is put together in `command_line`.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from assets.command_line import app

    app()


if __name__ == "__main__":
    main()
