"""Portal lists: the lists of the European Union by which data portals sort what they harvest.

What belongs here: which entry of a list stands for one of our themes, file types or frequencies. Portals of other
countries know the same lists: https://op.europa.eu/en/web/eu-vocabularies/authority-tables. Writing the entries into a
catalogue belongs in `dcat`.
"""

from __future__ import annotations

from thindicators.plan.fields import Theme
from thindicators.plan.model import Indicator, Plan

LISTS = "http://publications.europa.eu/resource/authority/"
THEMES = f"{LISTS}data-theme"
ENGLISH = f"{LISTS}language/ENG"
PUBLIC = f"{LISTS}access-right/PUBLIC"
AVAILABLE = f"{LISTS}planned-availability/AVAILABLE"
LOCAL_AUTHORITY = "http://purl.org/adms/publishertype/LocalAuthority"
SEVERAL_TIMES = f"{LISTS}frequency/IRREG"
"""The whole plan changes whenever a source does, at no even distance."""

THEME_NAMES: dict[Theme, str] = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}

_TIMES_A_YEAR = {
    1: "ANNUAL",
    2: "ANNUAL_2",
    3: "ANNUAL_3",
    4: "QUARTERLY",
    12: "MONTHLY",
}


def theme(code: Theme) -> str:
    """The address of a theme."""
    return f"{THEMES}/{code}"


def file_type(portal_type: str) -> str:
    """The address of a file type, such as `CSV`; a format's row in the registry names it."""
    return f"{LISTS}file-type/{portal_type}"


def frequency(plan: Plan, indicator: Indicator) -> str:
    """The address of how often an indicator has figures of a new period.

    The months in which a source may publish do not say it: one release may come in any of them, or be revised later.
    What says it is by when a new period is out, every year.
    """
    source = plan.sources[indicator.source]
    if source.paused or _has_ended(indicator):
        return f"{LISTS}frequency/NOT_PLANNED"
    return f"{LISTS}frequency/{_TIMES_A_YEAR.get(len(source.new_periods), 'IRREG')}"


def _has_ended(indicator: Indicator) -> bool:
    """Whether no series goes on, and the newest says why: one that only waits for another year says nothing."""
    if indicator.retired_because:
        return True
    goes_on = any(series.last_year is None for series in indicator.series)
    newest = max(indicator.series, key=lambda series: series.last_year or 0)
    return not goes_on and bool(newest.ends_because)
