"""Answers for another council: the sample's own, in which another area's codes and names stand.

The figures are those of Tower Hamlets and of London under other names. They are for tests of where figures go, never for
readers. In one workbook those of another borough are taken, so that Tower Hamlets still stands in both of its tables.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sources import SAMPLES
from thindicators.areas.register import LONDON, register
from thindicators.fetching.answers import Answer, Answers, load_answers

TOWER_HAMLETS, HACKNEY = "E09000030", "E09000012"
_OF_ALL_BOROUGHS = ("laei", "leggi")
"""The samples that have every borough already, in files whose sizes the publisher gives; none of them is read elsewhere."""

_ZIP = b"PK\x03\x04"
_TEXTS_OF_A_WORKBOOK = (".xml",)


def sample_of(council: str, written: str = "") -> dict[str, Answers]:
    """The sample of each source, with a council and its region in place of Tower Hamlets and London.

    Args:
        council: Its code.
        written: The code by which publishers write it, if that is another one.
    """
    samples = {}
    for folder in SAMPLES.iterdir():
        if (folder / "answers.yaml").exists():
            answers = load_answers(folder)
            if folder.name in _OF_ALL_BOROUGHS:
                samples[folder.name] = answers
                continue
            replacing = _replacing(council, written or council, folder.name)
            recoded = tuple(_recoded(answer, replacing) for answer in answers.answers)
            samples[folder.name] = Answers(answers.composed, recoded)
    return samples


@dataclass(frozen=True)
class _Replacing:
    """What stands for what: codes anywhere, names only where they fill a cell."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    def in_text(self, text: str) -> str:
        """The text with other codes and names; what takes the place of another gives it its own."""
        exchanged = {**self.codes, **{new: old for old, new in self.codes.items()}}
        if not exchanged:
            return text
        pattern = "|".join(map(re.escape, sorted(exchanged, key=len, reverse=True)))
        changed = re.sub(rf"\b({pattern})\b", lambda match: exchanged[match[0]], text)
        for old, new in self.names.items():
            # A JSON text, a quoted cell, the text of an element; or a cell of a CSV file.
            changed = re.sub(rf'(?<=[">]){old}(?=["<])', new, changed)
            cell = f'"{new}"' if "," in new else new
            changed = re.sub(rf"(?<=,){old}(?=[,\r\n])", cell, changed)
        return changed


def _replacing(council: str, written: str, source: str) -> _Replacing:
    own, region = register()[council], register().region_of(council)
    london = register()[LONDON]
    stands_for = TOWER_HAMLETS
    codes = {}
    if source == "ons_gdhi":
        # Of a council that is no territory by itself there is one row only, as of Hackney.
        stands_for = TOWER_HAMLETS if own.itl else HACKNEY
        if own.itl:
            codes[register()[TOWER_HAMLETS].itl] = own.itl
    if source == "mhclg_dwellings" and own.former_codes:
        codes[register()[TOWER_HAMLETS].former_codes[0]] = own.former_codes[-1]
    if source == "ncmp" and "upper" not in own.tiers:
        # Districts are in an area type of their own, which has the same number here.
        codes["Upper tier"] = "Lower tier"
    names = {register()[stands_for].name: own.name}
    codes[stands_for] = written
    if region.code != LONDON:
        codes[LONDON] = region.code
        codes[london.itl] = region.itl
        names["London"] = region.name
    return _Replacing({old: new for old, new in codes.items() if old != new}, names)


def _recoded(answer: Answer, replacing: _Replacing) -> Answer:
    asked = {key: value for key, value in answer.query.items() if key != "geography"}
    return replace(answer, content=_content(answer.content, replacing), query=asked)


def _content(content: bytes, replacing: _Replacing) -> bytes:
    if content.startswith(_ZIP):
        return _workbook(content, replacing)
    try:
        return replacing.in_text(content.decode("utf-8")).encode()
    except UnicodeDecodeError:
        return content


def _workbook(content: bytes, replacing: _Replacing) -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.infolist():
            part = before.read(member)
            if member.filename.endswith(_TEXTS_OF_A_WORKBOOK):
                part = replacing.in_text(part.decode("utf-8")).encode()
            after.writestr(member, part)
    return written.getvalue()
