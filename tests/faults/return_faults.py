"""What can go wrong with a file that was handed in, where others have the way over the network."""

from __future__ import annotations

from pathlib import Path

from tests.faults.fault import ReturnFault


def unreadable(path: Path) -> None:
    """A folder in the place of the file cannot be read by anybody, whoever runs this."""
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / path.name)


def vanished(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def too_large(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n" * 6_000_000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def web_page(path: Path) -> None:
    path.write_bytes(b"<!DOCTYPE html><html><body>Please sign in.</body></html>\n")


def other_format(path: Path) -> None:
    path.rename(path.with_suffix(".csv" if path.suffix == ".xlsx" else ".xlsx"))


def lock_file(path: Path) -> None:
    (path.parent / f"~${path.name}").write_bytes(b"somebody has it open")


def copied(path: Path) -> None:
    (path.parent / f"{path.stem} (1){path.suffix}").write_bytes(path.read_bytes())


FAULTS = (
    ReturnFault(name="unreadable file", sentence="The file cannot be read.", disturb=unreadable),
    ReturnFault(
        name="a link to nowhere",
        sentence="The file is a link whose target is gone.",
        disturb=dangling,
    ),
    ReturnFault(
        name="vanished file", sentence="The file is gone from the inbox.", disturb=vanished
    ),
    ReturnFault(name="empty file", sentence="The file has no byte.", disturb=emptied),
    ReturnFault(
        name="file too large",
        sentence="The file is larger than the source allows.",
        disturb=too_large,
    ),
    ReturnFault(name="file half copied", sentence="The file ends in the middle.", disturb=cut),
    ReturnFault(
        name="a web page as the file",
        sentence="The file is a saved sign-in page.",
        disturb=web_page,
    ),
    ReturnFault(
        name="the other format's name",
        sentence="A workbook is called .csv, or a CSV file .xlsx.",
        disturb=other_format,
    ),
    ReturnFault(
        name="an editor's lock file",
        sentence="A lock file lies beside it.",
        disturb=lock_file,
        loses=False,
    ),
    ReturnFault(
        name="a copy beside it", sentence="The file is there twice.", disturb=copied, loses=False
    ),
)
"""Every fault of the inbox, by its name in the table of outcomes."""
