"""Checking a return from the UI's launchpad, as `thindicators check-return` does on the command line.

What belongs here: finding the file in the inbox, and showing what is said of it. Judging a return belongs in
`sources.returns.check`, what would come of it in `sources.returns.preview`.
"""

from pathlib import Path

from dagster import Config, Failure, MetadataValue, OpExecutionContext, job, op
from pydantic import Field

from assets.refusing import failing_in_words
from assets.resources import RunContextResource
from sources.returns import preview
from sources.returns.setting_aside import report
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.safe_text import in_markdown, markdown_table
from thindicators.telling.calendar import london_day


class FileInTheInbox(Config):
    """Which file."""

    file: str = Field(
        description="Name of a file in the inbox of returns, such as return.xlsx; or of one set aside: refused/….",
    )


@op
def judge_return(
    context: OpExecutionContext, config: FileInTheInbox, run_context: RunContextResource
) -> None:
    """Say what is wrong with a file, or what would be published of it; nothing is published, moved or kept."""
    with failing_in_words():
        opened = run_context.open()
        path = in_the_inbox(opened, config.file)
        judged = preview.judged(opened.plan, opened.inbox, path, london_day(opened.now()))
    if isinstance(judged, preview.Preview):
        _show(context, judged)
        return
    rows = [
        (problem.row or "", problem.column, problem.wrong, problem.remedy) for problem in judged
    ]
    table = markdown_table(("row", "column", "what is wrong", "how to mend it"), rows)
    raise Failure(
        description=report(path.name, judged),
        metadata={"report": MetadataValue.md(table)},
        allow_retries=False,
    )


@job(
    description="Say what is wrong with a return, row by row, or what would be published of it. Publishes nothing."
)
def check_return() -> None:
    """One op."""
    judge_return()


def in_the_inbox(run_context: RunContext, name: str) -> Path:
    """A file under the inbox, and no other: whoever may use the UI may not read all of the machine's files.

    Raises:
        ThindicatorsError: If there is none of this name.
    """
    inbox = run_context.inbox.resolve()
    path = inbox / name
    if path.resolve().is_relative_to(inbox) and path.is_file():
        return path
    places = [folder for folder in (inbox, run_context.refused.resolve()) if folder.is_dir()]
    there = [
        one.relative_to(inbox).as_posix()
        for folder in places
        for one in folder.iterdir()
        if one.is_file()
    ]
    raise ThindicatorsError(
        f"There is no file “{name}” in the inbox, {inbox}. There are: {', '.join(sorted(there)) or 'none'}. "
        "Put the file there, or write its name as it stands there."
    )


def _show(context: OpExecutionContext, judged: preview.Preview) -> None:
    context.log.info(" ".join([judged.heading, *judged.remarks, "Nothing was published."]))
    context.add_output_metadata(
        {
            "figures": MetadataValue.int(len(judged.rows)),
            "would_be_published": MetadataValue.md(markdown_table(preview.COLUMNS, judged.rows)),
            "remarks": MetadataValue.md("\n\n".join(map(in_markdown, judged.remarks)) or "none"),
        }
    )
