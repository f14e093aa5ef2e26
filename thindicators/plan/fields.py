"""What fields of the plan's files may hold, whichever file they stand in: names, codes, months, units, themes.

What belongs here: kinds of fields that several models share, and the strictness of all models. What a file holds
belongs in `model`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from thindicators.safe_text import is_file_name


def _is_file_name(slug: str) -> str:
    if not is_file_name(slug):
        raise ValueError("a name that some systems keep for a device; choose another")
    return slug


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_is_file_name)]
AreaCode = Annotated[str, Field(pattern=r"^[EWSNK][0-9]{8}$")]
Month = Annotated[int, Field(ge=1, le=12)]
Unit = Literal[
    "percent",
    "years",
    "score_0_10",
    "count",
    "gbp",
    "ktco2e",
    "ug_m3",
    "tco2e_per_head",
    "ratio",
    "points",
]
Theme = Literal[
    "AGRI",
    "ECON",
    "EDUC",
    "ENER",
    "ENVI",
    "GOVE",
    "HEAL",
    "INTR",
    "JUST",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
]
"""By which data portals sort: http://publications.europa.eu/resource/authority/data-theme"""

PeriodKind = Literal[
    "calendar_year",
    "financial_year",
    "academic_year",
    "three_years",
    "twelve_months",
    "three_months",
    "day",
    "survey_wave",
]


class Strict(BaseModel):
    """A model that knows all its fields, never changes, and takes no text, such as `1_000`, for a number."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
    )
