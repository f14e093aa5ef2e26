"""Nomis: code lists are read by name, and data in counted pages; nothing cut off is taken for the whole."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from sources.publishers import nomis
from sources.reading.files import Line, Place
from tests.sources.publishers.nomis_bodies import (
    DATASETS,
    code_answer,
    code_list,
    data_answer,
    snapshot,
    table,
)
from tests.support import NOW, real
from thindicators.errors import FetchError, SourceError
from thindicators.fetching.answers import Answer, Answers
from thindicators.fetching.client import Client

COLUMNS = ("geography_code", "gender", "c_age", "obs_value")
MID_2018 = "nomis/NM_2002_1_mid2018_b040c11cf9c7ebfae3b2f32a5c7fb31b.tsv"
HEADER_ONLY = "nomis/NM_2006_1_header_only_d76d72a49d14b5e740ea04a14b741101.tsv"

MakeClient = Callable[..., Client]


def rows(count: int, first: int = 0) -> list[dict[str, str]]:
    return [
        {"geography_code": "E09000030", "gender": "1", "c_age": str(101 + n), "obs_value": str(n)}
        for n in range(first, first + count)
    ]


def client_of(live_client: MakeClient, *answers: Answer) -> Client:
    return live_client("ons_aps", Answers(NOW.date(), answers))


def fetched(client: Client) -> list[Line]:
    pages = nomis.fetch_data(client, "NM_2002_1", ["E09000030"], {"date": "2018"}, COLUMNS)
    return nomis.read_data(pages, COLUMNS)


class TestCodeLists:
    def test_names_by_code(self) -> None:
        codes = nomis.read_codes(
            snapshot("ons_aps", "measures", code_list({"20100": "value", "20301": "percent"}))
        )
        assert codes == {"20100": "value", "20301": "percent"}

    def test_the_publishers_own_ages(self) -> None:
        """The code of an age is the age and 101 more, and two codes mean all ages: only names can be trusted."""
        ages = json.loads(real("nomis/NM_2002_1_metadata.json").read_bytes())["fields"]["C_AGE"]
        listed = snapshot("ons_population", "c_age codes", code_list(ages))
        names = nomis.read_codes(listed)
        assert nomis.code_named(names, "Age 0", Place(listed)) == "101"
        assert nomis.code_named(names, "Aged 0 to 15", Place(listed)) == "201"
        assert nomis.code_named(names, "Age 15", Place(listed)) == "116"
        with pytest.raises(SourceError, match="one code named “All Ages”; came 2 of"):
            nomis.code_named(names, "All Ages", Place(listed))

    def test_the_publishers_own_years_are_numbers(self) -> None:
        """A yearly data set calls its years by integers, a monthly one its months by text."""
        years = real("nomis/time_codelist_with_integers.json").read_bytes()
        assert nomis.read_codes(snapshot("ons_bres", "time codes", years)) == {
            "2023": "2023",
            "2024": "2024",
        }
        months = code_list({"2026-03": "Apr 2025-Mar 2026"})
        assert nomis.read_codes(snapshot("ons_aps", "time codes", months)) == {
            "2026-03": "Apr 2025-Mar 2026"
        }

    @pytest.mark.parametrize("value", [2024.0, True, None, ["2024"], {"value": 2024}])
    def test_a_name_is_text_or_a_whole_number(self, value: object) -> None:
        code = {"value": 2024, "description": {"lang": "en", "value": value}}
        body = json.dumps({"structure": {"codelists": {"codelist": [{"code": [code]}]}}}).encode()
        with pytest.raises(SourceError, match="expected a code list"):
            nomis.read_codes(snapshot("ons_bres", "time codes", body))

    @pytest.mark.parametrize(
        "annotations",
        [
            None,
            [],
            {},
            {"annotation": {}},
            {"annotation": ["Live"]},
            {"annotation": [{"title": 1.5}]},
        ],
    )
    def test_what_a_list_says_besides_is_no_reason_to_refuse_it(self, annotations: object) -> None:
        code = {
            "value": 2024,
            "description": {"lang": "en", "value": 2024},
            "annotations": annotations,
        }
        body = json.dumps({"structure": {"codelists": {"codelist": [{"code": [code]}]}}}).encode()
        times = snapshot("ons_bres", "time codes", body)
        assert nomis.read_codes(times) == {"2024": "2024"}
        assert (nomis.provisional_years(times), nomis.last_released(times)) == ({"2024"}, None)

    @pytest.mark.parametrize(
        "spelling", ["employment rate – aged 16-64", "Employment  rate - Aged 16-64 "]
    )
    def test_spelling_does_not_matter(self, spelling: str) -> None:
        listed = snapshot("ons_aps", "codes", code_list({"45": "Employment rate - aged 16-64"}))
        assert nomis.code_named(nomis.read_codes(listed), spelling, Place(listed)) == "45"

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b"", "expected JSON"),
            (b"<html>Not found</html>", "expected JSON"),
            (b"{}", "expected a code list"),
            (b'{"structure": {"codelists": null}}', "expected a code list"),
            (
                b'{"structure": {"codelists": {"codelist": [{"code": {"value": 1}}]}}}',
                "expected a code list",
            ),
            (code_list({}), "came an empty one"),
        ],
    )
    def test_anything_else_is_refused(self, body: bytes, problem: str) -> None:
        with pytest.raises(SourceError, match=problem):
            nomis.read_codes(snapshot("ons_aps", "codes", body))

    def test_a_search_is_part_of_the_request_and_of_the_role(
        self, live_client: MakeClient, httpserver: HTTPServer
    ) -> None:
        answer = code_answer(
            "NM_17_5", "variable", code_list({"326": "% with NVQ1 only"}), {"search": "*nvq*"}
        )
        found = nomis.fetch_codes(client_of(live_client, answer), "NM_17_5", "variable", "*nvq*")
        assert found.role == "variable codes *nvq*"
        assert httpserver.log[0][0].args["search"] == "*nvq*"


class TestProvisionalYears:
    def test_the_publisher_says_how_often_it_revised_a_year(self) -> None:
        """The list of BRES as Nomis answered it on 2 October 2026: only 2024 was never revised."""
        rows = json.loads(real("nomis/NM_189_1_time_rows.json").read_bytes())["rows"]
        said = {
            str(year): {"CurrentRevisionReleased": released, "CurrentRevisionVersion": version}
            for year, _, released, version in rows
        }
        times = snapshot("ons_bres", "time codes", code_list({year: year for year in said}, said))
        assert list(nomis.read_codes(times)) == [str(year) for year in range(2015, 2025)]
        assert nomis.provisional_years(times) == {"2024"}

    def test_a_year_that_was_revised_is_final_although_it_is_the_newest(self) -> None:
        said = {"2023": {"CurrentRevisionVersion": 1}, "2024": {"CurrentRevisionVersion": 1}}
        times = snapshot(
            "ons_bres", "time codes", code_list({"2023": "2023", "2024": "2024"}, said)
        )
        assert nomis.provisional_years(times) == set()

    @pytest.mark.parametrize("said", [{}, {"2023": {"CurrentRevisionVersion": 1}}])
    def test_the_newest_year_is_provisional_where_the_list_does_not_say(
        self, said: dict[str, dict[str, int]]
    ) -> None:
        times = snapshot(
            "ons_bres",
            "time codes",
            code_list({"2024": "2024", "2023": "2023", "latest": ""}, said),
        )
        assert nomis.provisional_years(times) == {"2024"}


class TestPages:
    def test_the_number_of_rows_is_asked_for(
        self, live_client: MakeClient, httpserver: HTTPServer
    ) -> None:
        lines = fetched(client_of(live_client, data_answer("NM_2002_1", table(rows(3)))))
        assert [line["obs_value"] for line in lines] == ["0", "1", "2"]
        assert (
            httpserver.log[0][0].args["select"]
            == "geography_code,gender,c_age,obs_value,record_count"
        )

    def test_a_cut_answer_is_asked_on(
        self, live_client: MakeClient, httpserver: HTTPServer
    ) -> None:
        client = client_of(
            live_client,
            data_answer(
                "NM_2002_1", table(rows(2, first=4), record_count=6), {"recordoffset": "4"}
            ),
            data_answer(
                "NM_2002_1", table(rows(2, first=2), record_count=6), {"recordoffset": "2"}
            ),
            data_answer("NM_2002_1", table(rows(2), record_count=6)),
        )
        assert [line["obs_value"] for line in fetched(client)] == ["0", "1", "2", "3", "4", "5"]
        assert [request.args.get("recordoffset") for request, _ in httpserver.log] == [
            None,
            "2",
            "4",
        ]

    def test_the_publishers_own_71162_rows_come_in_three_pages(
        self, live_client: MakeClient
    ) -> None:
        """Guests get 25,000 rows in one answer, with status 200 and not a word about the rest."""
        whole = real(MID_2018).read_text().splitlines()
        header = whole[0].replace("\t", ",") + ',"RECORD_COUNT"'
        body = [line.replace("\t", ",") + f",{len(whole) - 1}" for line in whole[1:]]
        pages = [
            "\n".join([header, *body[first : first + 25_000]]).encode()
            for first in range(0, len(body), 25_000)
        ]
        answers = [
            data_answer(
                "NM_2002_1", page, {"recordoffset": str(number * 25_000)} if number else None
            )
            for number, page in enumerate(pages)
        ]
        lines = fetched(client_of(live_client, *reversed(answers)))
        assert len(pages) == 3
        assert len(lines) == 71_162
        borough = [line for line in lines if line["geography_code"] == "E09000030"]
        assert (borough[0]["gender"], borough[0]["c_age"], borough[0]["obs_value"]) == (
            "1",
            "101",
            "2337",
        )
        assert sum(int(line["obs_value"]) for line in borough) == 317_705

    def test_a_page_that_ends_too_soon_is_refused(self, live_client: MakeClient) -> None:
        """The second answer is empty although rows are still missing."""
        end = data_answer(
            "NM_2002_1", table(rows(1), record_count=6).split(b"\n")[0], {"recordoffset": "2"}
        )
        client = client_of(
            live_client, end, data_answer("NM_2002_1", table(rows(2), record_count=6))
        )
        with pytest.raises(SourceError, match="rows under the header; came a header only"):
            fetched(client)

    def test_a_page_that_comes_twice_is_refused(self, live_client: MakeClient) -> None:
        """A server that does not know the offset gives the first page again: as many rows, and half of them missing."""
        client = client_of(live_client, data_answer("NM_2002_1", table(rows(3), record_count=6)))
        with pytest.raises(SourceError, match="the next page; came the same page again"):
            fetched(client)

    @given(data=st.data())
    def test_a_body_cut_anywhere_is_refused(self, data: st.DataObject) -> None:
        """Wherever a connection ends, what came is never taken for the whole: not even when it ends in a number."""
        body = table(rows(34)).rstrip(b"\n")
        cut = data.draw(st.integers(min_value=0, max_value=len(body) - 1))
        with pytest.raises(SourceError):
            nomis.read_data([snapshot("ons_aps", "data 1", body[:cut])], COLUMNS)

    def test_pages_that_lack_rows_are_refused_when_read(self) -> None:
        page = snapshot("ons_aps", "data 1", table(rows(2), record_count=3))
        with pytest.raises(SourceError, match="3 rows, as RECORD_COUNT says; came 2 rows"):
            nomis.read_data([page], COLUMNS)

    def test_data_that_change_between_pages_are_refused(self) -> None:
        pages = [
            snapshot("ons_aps", f"data {n}", table(rows(2, first=2 * n), record_count=4 + n))
            for n in range(2)
        ]
        with pytest.raises(SourceError, match=r"one RECORD_COUNT for all rows; came \[4, 5\]"):
            nomis.read_data(pages, COLUMNS)

    def test_equal_rows_count_once(self) -> None:
        """A code that is a county and a district brings each row twice."""
        page = snapshot("ons_aps", "data 1", table([*rows(2), *rows(2)]))
        assert len(nomis.read_data([page], COLUMNS)) == 2

    def test_a_council_is_asked_for_by_every_code_that_it_had(self) -> None:
        first, *others = nomis.geographies(["E92000001", "E08000039"])
        assert first == "E08000019,E08000039,E92000001"
        assert others == ["E08000039,E92000001", "E08000019,E92000001"]
        assert nomis.geographies(["E92000001", "E09000030"]) == ["E09000030,E92000001"]

    @pytest.mark.parametrize("known", ["E08000019", "E08000039"])
    def test_a_code_that_spoils_the_others_is_left_out(
        self, live_client: MakeClient, httpserver: HTTPServer, known: str
    ) -> None:
        """Nobody has seen what Nomis answers to a known and an unknown code together; no bytes would be one way."""
        rows_of_known = [{**row, "geography_code": known} for row in rows(2)]
        answers = []
        for geography in nomis.geographies(["E92000001", "E08000039"]):
            content = table(rows_of_known) if geography == f"{known},E92000001" else b""
            answers.append(data_answer("NM_2002_1", content, {"geography": geography}))
        client = client_of(live_client, *answers)
        pages = nomis.fetch_data(client, "NM_2002_1", ["E08000039", "E92000001"], {}, COLUMNS)
        read = nomis.read_data(pages, COLUMNS)
        assert [row["geography_code"] for row in read] == ["E08000039", "E08000039"]
        assert httpserver.log[-1][0].args["geography"] == f"{known},E92000001"

    def test_a_council_has_its_present_code_and_each_figure_once(self) -> None:
        """Of the two codes that a council was asked for by, Nomis may know either or both."""
        written = [
            {"geography_code": code, "date": year, "measures": measure, "obs_value": value}
            for code, year, measure, value in [
                ("E08000019", "2023", "rate", "5"),
                ("E08000019", "2024", "rate", "6"),
                ("E08000019", "2024", "interval", "1"),
                ("E08000039", "2024", "rate", "7"),
            ]
        ]
        columns = ("geography_code", "date", "measures", "obs_value")
        read = nomis.read_data([snapshot("ons_aps", "data 1", table(written))], columns)
        figures = [(row["geography_code"], row["date"], row["obs_value"]) for row in read]
        # The interval of 2024 is of the earlier code's rate.
        assert figures == [("E08000039", "2023", "5"), ("E08000039", "2024", "7")]

    def test_pages_are_put_in_the_order_of_their_numbers(self) -> None:
        pages = {
            f"data {n}": snapshot("ons_aps", f"data {n}", table(rows(1, first=n)))
            for n in (10, 9, 1)
        }
        assert [page.role for page in nomis.data_pages(pages)] == ["data 1", "data 9", "data 10"]


class TestWhatIsNoData:
    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b"", "rows of data; came an answer without a byte.*such as that of `measures`"),
            (b"Unknown parameter: geografy\n", "one column “geography_code”; came no such column"),
            (
                b"Too many requests, try again later",
                "one column “geography_code”; came no such column",
            ),
            (
                table([{**rows(1)[0], "obs_value": "1"}]).replace(b",1\n", b",many\n"),
                "expected a number; came 'many'",
            ),
        ],
    )
    def test_a_200_that_is_no_data_is_refused(
        self, body: bytes, problem: str, live_client: MakeClient
    ) -> None:
        """No data comes as status 200 and no bytes, a refusal as status 200 and a sentence."""
        with pytest.raises(SourceError, match=problem):
            fetched(client_of(live_client, data_answer("NM_2002_1", body)))

    def test_the_publishers_own_bare_header_is_refused(self, live_client: MakeClient) -> None:
        header = real(HEADER_ONLY).read_bytes().replace(b"\t", b",")
        columns = header.decode().strip().lower().split(",")
        body = header.strip() + b",RECORD_COUNT\n"
        client = client_of(live_client, data_answer("NM_2006_1", body))
        with pytest.raises(SourceError, match="rows under the header; came a header only"):
            nomis.fetch_data(client, "NM_2006_1", ["E09000030"], {}, columns)

    def test_an_address_that_is_gone_is_named(self, live_client: MakeClient) -> None:
        with pytest.raises(FetchError, match=f"HTTP 404.*{DATASETS}/NM_2002_1.data.csv"):
            fetched(client_of(live_client))


class TestValues:
    """Statuses and footnotes as the publisher words them."""

    ZERO = "Estimate and confidence interval not available since the group sample size is zero or disclosive (0-2)."

    def line(self, value: str, status: str, name: str) -> Line:
        row = {**rows(1)[0], "obs_value": value, "obs_status": status, "obs_status_name": name}
        columns = (*COLUMNS, "obs_status", "obs_status_name")
        return nomis.read_data([snapshot("ons_aps", "data 1", table([row]))], columns)[0]

    @pytest.mark.parametrize(
        ("value", "status", "name", "read"),
        [
            ("66.2", "A", "Normal Value", (66.2, "")),
            ("73931.0", "A", "Normal Value", (73931.0, "")),
            ("0", "A", "Normal Value", (0.0, "")),
            ("", "Q", "These figures are missing.", (None, "x")),
            ("", "Q", "", (None, "x")),
            ("", "!", ZERO, (None, "c")),
            ("", "~", "Estimate is less than 500.", (None, "low")),
        ],
    )
    def test_a_figure_or_why_there_is_none(
        self, value: str, status: str, name: str, read: tuple[float | None, str]
    ) -> None:
        """Missing is never zero, and a zero is never missing."""
        assert nomis.read_value(self.line(value, status, name)) == read

    @pytest.mark.parametrize(
        ("value", "status", "name"), [("", "S", "Something new"), ("", "A", "Normal Value")]
    )
    def test_an_unknown_status_is_refused(self, value: str, status: str, name: str) -> None:
        with pytest.raises(
            SourceError, match=f"came {status} “{name}”.*row 2, column “obs_status”"
        ):
            nomis.read_value(self.line(value, status, name))

    @pytest.mark.parametrize("value", ["!", "*", "1,200", "66.2%"])
    def test_a_symbol_is_no_figure(self, value: str) -> None:
        line = self.line("0", "A", "Normal Value")
        line.cells["obs_value"] = value
        with pytest.raises(SourceError, match="expected a number"):
            nomis.read_value(line)
