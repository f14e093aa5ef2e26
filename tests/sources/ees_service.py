"""A stand-in for the statistics API that answers queries as its documentation says, from the rows of a CSV file.

Like the publisher's, it has no filter for columns that only describe a row, such as the edition. It understands as much
of the query language as is needed to tell a right question from a wrong one. A place matches all
rows that lie in it, at any level; an unknown id is answered with status 200 and a warning; `page` counts in the body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from werkzeug import Request, Response

from tests.sources.ees_files import FILE_ID

LEVELS = {
    "National": ("NAT", "country_code", "country_name"),
    "Regional": ("REG", "region_code", "region_name"),
    "Local authority": ("LA", "new_la_code", "la_name"),
}


class Service:
    """Serves one data set.

    Attributes:
        filters, indicators: Columns of the rows that are dimensions and figures.
        page: Rows in one answer, at most.
        version: Of the data set.
        title: Of the data set.
        file: The id, in the catalogue, of the file that the version is made from.
        asked: The bodies that were posted.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, str]],
        filters: Sequence[str],
        indicators: Sequence[str],
        page: int = 1000,
    ) -> None:
        self.rows, self.filters, self.indicators, self.page = rows, filters, indicators, page
        self.version = "1.0"
        self.title = "All state-funded pupil characteristics and geography data"
        self.file = FILE_ID
        self.asked: list[Any] = []
        self.options = {
            column: {
                label: f"{column[:6]}.{n}"
                for n, label in enumerate(sorted({row[column] for row in rows}))
            }
            for column in filters
        }
        self.filter_ids = {column: f"f{n}" for n, column in enumerate(filters)}
        self.indicator_ids = {column: f"i{n}" for n, column in enumerate(indicators)}
        places = {
            (level, row[code], row[name])
            for row in rows
            for level, code, name in LEVELS.values()
            if row[code]
        }
        self.places = {place: f"p{n}" for n, place in enumerate(sorted(places))}

    def answer(self, request: Request) -> Response:
        """Answers summary, meta and query."""
        if request.path.endswith("/query"):
            body = request.get_json()
            self.asked.append(body)
            return _json(self._query(body))
        return _json(self._meta() if request.path.endswith("/meta") else self._summary())

    def _summary(self) -> dict[str, Any]:
        latest = {
            "version": self.version,
            "published": "2020-01-30T09:30:00+00:00",
            "totalResults": len(self.rows),
            "file": {"id": self.file},
            "timePeriods": {"start": "2018/19", "end": "2018/19"},
            "geographicLevels": list(LEVELS),
            "filters": list(self.filters),
            "indicators": list(self.indicators),
        }
        data_set = "b3e19901-5d2b-b676-bb4c-e60937d74725"
        return {
            "id": data_set,
            "title": self.title,
            "summary": "s",
            "status": "Published",
            "latestVersion": latest,
        }

    def _meta(self) -> dict[str, Any]:
        groups: dict[str, list[dict[str, str]]] = {}
        for (level, code, name), identity in self.places.items():
            old = {"oldCode": "000"} if level == "LA" else {}
            groups.setdefault(level, []).append(
                {"id": identity, "label": name, "code": code, **old}
            )
        return {
            "filters": [
                {
                    "id": self.filter_ids[column],
                    "column": column,
                    "label": column,
                    "hint": "",
                    "options": [{"id": one, "label": label} for label, one in options.items()],
                }
                for column, options in self.options.items()
            ],
            "indicators": [
                {"id": one, "column": column, "label": column, "unit": "", "decimalPlaces": 1}
                for column, one in self.indicator_ids.items()
            ],
            "geographicLevels": [
                {"code": level, "label": name} for name, (level, _, _) in LEVELS.items()
            ],
            "locations": [
                {"level": {"code": level}, "options": options} for level, options in groups.items()
            ],
            "timePeriods": [
                {
                    "code": "AY",
                    "period": f"{first}/{first + 1}",
                    "label": f"{first}/{(first + 1) % 100:02d}",
                }
                for first in sorted({int(row["time_period"][:4]) for row in self.rows})
            ],
        }

    def _query(self, body: Mapping[str, Any]) -> dict[str, Any]:
        known = {
            *self.places.values(),
            *(one for options in self.options.values() for one in options.values()),
        }
        unknown = [one for one in _ids(body.get("criteria")) if one not in known]
        found = [row for row in self.rows if self._holds(body["criteria"], row)]
        page, size = body.get("page", 1), min(body.get("pageSize", 1000), self.page)
        return {
            "paging": {
                "page": page,
                "pageSize": size,
                "totalResults": len(found),
                "totalPages": -(-len(found) // size),
            },
            "results": [
                self._result(row, body["indicators"])
                for row in found[(page - 1) * size : page * size]
            ],
            "warnings": [{"code": "FiltersNotFound", "message": f"not found: {unknown}"}]
            if unknown
            else [],
        }

    def _holds(self, criteria: Mapping[str, Any], row: Mapping[str, str]) -> bool:
        if "and" in criteria:
            return all(self._holds(one, row) for one in criteria["and"])
        if "or" in criteria:
            return any(self._holds(one, row) for one in criteria["or"])
        ids = set(self._filters(row).values())
        tests: dict[str, Callable[[Any], bool]] = {
            "filters": lambda wanted: bool(ids & {*wanted.get("in", []), *[wanted.get("eq")]}),
            "geographicLevels": lambda wanted: LEVELS[row["geographic_level"]][0] == wanted["eq"],
            "locations": lambda wanted: (
                self._locations(row).get(wanted["eq"]["level"]) == wanted["eq"]["id"]
            ),
        }
        return all(tests[facet](wanted) for facet, wanted in criteria.items())

    def _filters(self, row: Mapping[str, str]) -> dict[str, str]:
        return {
            self.filter_ids[column]: options[row[column]]
            for column, options in self.options.items()
        }

    def _locations(self, row: Mapping[str, str]) -> dict[str, str]:
        return {
            level: self.places[level, row[code], row[name]]
            for level, code, name in LEVELS.values()
            if row[code]
        }

    def _result(self, row: Mapping[str, str], indicators: Sequence[str]) -> dict[str, Any]:
        first = int(row["time_period"][:4])
        return {
            "timePeriod": {"code": "AY", "period": f"{first}/{first + 1}"},
            "geographicLevel": LEVELS[row["geographic_level"]][0],
            "locations": self._locations(row),
            "filters": self._filters(row),
            "values": {
                one: row[column] for column, one in self.indicator_ids.items() if one in indicators
            },
        }


def _ids(criteria: Any) -> list[str]:
    if isinstance(criteria, str):
        return [criteria]
    if isinstance(criteria, list):
        return [one for part in criteria for one in _ids(part)]
    if isinstance(criteria, dict):
        named = [
            part for name, part in criteria.items() if name not in ("level", "geographicLevels")
        ]
        return [one for part in named for one in _ids(part)]
    return []


def _json(answer: Any) -> Response:
    return Response(json.dumps(answer), content_type="application/json; charset=utf-8")
