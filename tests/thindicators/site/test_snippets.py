"""Snippets: the lines of an indicator's page are run as they stand there."""

from __future__ import annotations

import functools
import html
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.samples import sample_release, sample_run_context
from tests.support import ROOT
from thindicators.formats.addresses import page_of
from thindicators.formats.queries import PLACE
from thindicators.observations.observation import ORDER
from thindicators.plan.loading import load_plan

INDICATORS = list(load_plan(ROOT / "schemas").indicators)
WORKBOOK = "pandas, from the Excel workbook"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of the release on a server, below a path of its own."""
    published = sample_release()
    handler = functools.partial(_Quiet, directory=str(published.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{published.name}"
        server.shutdown()
        thread.join()


def lines_for(tool: str, indicator: str) -> str:
    """The lines on an indicator's page, or nothing if it has none for the tool."""
    page = (sample_release() / page_of(indicator)).read_text(encoding="utf-8")
    found = re.search(
        rf'aria-label="Lines for {re.escape(tool)}"><code>(.*?)</code>', page, re.DOTALL
    )
    return html.unescape(found[1]) if found else ""


def figures_by(code: str, engine: str = "openpyxl") -> pd.DataFrame:
    """The figures that lines of Python read, with the engine that pandas takes by default, now or from version 4."""
    names: dict[str, pd.DataFrame] = {}
    with pd.option_context("io.excel.xlsx.reader", engine):
        exec(code, names)
    return names["figures"]


def table_of(indicator: str) -> pd.DataFrame:
    return pd.read_csv(sample_release() / "indicators" / indicator / f"{indicator}.csv")


@pytest.mark.parametrize("engine", ["openpyxl", "calamine"])
@pytest.mark.parametrize("indicator", INDICATORS)
def test_the_line_for_the_workbook_reads_its_figures(
    indicator: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample_run_context().settings.published.parent)
    expected, code = table_of(indicator), lines_for(WORKBOOK, indicator)
    if expected.empty:
        assert code == ""
        return
    assert (
        f'pd.read_excel("{PLACE}/indicators/{indicator}/{indicator}.xlsx", sheet_name="Figures", header=3)'
        in code
    )
    figures = figures_by(code, engine)
    # In the CSV a row with every kind of cell may stand before its place, for readers that guess from the first rows.
    expected = expected.sort_values(list(ORDER), kind="stable")
    assert list(figures["Area code"]) == list(expected["area_code"])
    assert list(figures["First day"]) == list(pd.to_datetime(expected["period_start"]))
    pd.testing.assert_series_equal(
        figures["Value"].astype(float),
        expected["value"].astype(float).reset_index(drop=True),
        check_names=False,
    )


def test_the_line_for_the_workbook_reads_it_from_an_address(served: str) -> None:
    figures = figures_by(lines_for(WORKBOOK, "employment_rate").replace(PLACE, served))
    assert len(figures) == len(table_of("employment_rate"))
    assert figures["Value"].notna().any()


def test_a_figure_that_is_missing_keeps_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample_run_context().settings.published.parent)
    figures = figures_by(lines_for(WORKBOOK, "employment_rate"))
    assert set(figures.loc[figures["Value"].isna(), "Status"]) == {"[x]"}


def test_there_are_workbooks_of_both_kinds() -> None:
    assert {bool(lines_for(WORKBOOK, indicator)) for indicator in INDICATORS} == {True, False}


def test_the_release_is_where_its_lines_say_that_it_is() -> None:
    assert (sample_run_context().settings.published.parent / PLACE).resolve() == Path(
        sample_release()
    ).resolve()
