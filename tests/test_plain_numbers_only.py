"""Numbers and days are read from text in one place, `thindicators.plain_numbers`, and by the digits 0 to 9 alone.

What Python reads by itself takes digits of other scripts, `1_000`, `nan` or `20260101`. Each rule here looks for one
way of reading so, wherever it stands in the code; what is allowed all the same is listed with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

HOME = ROOT / "thindicators" / "plain_numbers.py"
SAMPLES = ROOT / "sources" / "samples"
"""Programs that compose the samples from the project's own tables; nobody else's text comes near them."""

BUILT_IN = {"int", "float"}
READERS = {"fromisoformat", "strptime", "isdigit", "isdecimal", "isnumeric", "Decimal"}

A_NUMBER = "a number already, which is only made whole"
OWN_TEXT = "text that the project has written itself, in the same function"
OWN_FILE = "a file that the project has written itself"
OWN_CALL = "what one program of the project hands to another"
ALLOWED = {
    "int(cell)": A_NUMBER,
    "int(value)": A_NUMBER,
    "int(count)": A_NUMBER,
    "int(middle)": A_NUMBER,
    "int(row['period_end'].toordinal())": A_NUMBER,
    "float(cell)": A_NUMBER,
    "float(member)": A_NUMBER,
    "float(round(Decimal(str(fraction)) * 100, 10))": A_NUMBER,
    "float(str(row['value']))": A_NUMBER,
    "float((now - answer['LastModified']).total_seconds())": A_NUMBER,
    "Decimal(5)": A_NUMBER,
    "Decimal(written)": OWN_TEXT,
    "Decimal(str(fraction))": A_NUMBER,
    "Decimal(repr(value))": A_NUMBER,
    "date.fromisoformat(self.witness_vintage)": OWN_FILE,
    "date.fromisoformat(outcome.newest[:10])": OWN_FILE,
    "date.fromisoformat(vintage)": OWN_FILE,
    "date.fromisoformat(timestamp[:10])": OWN_FILE,
    "date.fromisoformat(review.until)": OWN_FILE,
    "int(holder['process'])": OWN_FILE,
    "int(json.loads(cursor)['count'])": OWN_FILE,
    "int(pc.index(is_of_kind, value=True).as_py())": A_NUMBER,
    "int(sys.argv[2])": OWN_CALL,
}

_REFUSED_BESIDE = re.compile(r"\(\?<?![^()]*\)")
"""`(?!\\d)` and its like: there a digit of any script must be refused, lest the beginning of a number pass for one."""


def modules() -> list[Path]:
    files = [
        path
        for package in ("thindicators", "sources", "assets")
        for path in (ROOT / package).rglob("*.py")
    ]
    return sorted(path for path in files if path != HOME and SAMPLES not in path.parents)


def readings(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that read a number or a day from what may be text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (
            not node.args and not isinstance(node.func, ast.Attribute)
        ):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        is_built_in = isinstance(node.func, ast.Name) and name in BUILT_IN
        is_handed_on = any(
            isinstance(given, ast.Name) and given.id in BUILT_IN for given in _given(node)
        )
        is_sum = len(node.args) == 1 and isinstance(node.args[0], ast.BinOp)
        if (
            (is_built_in and not is_sum)
            or name in READERS
            or (is_handed_on and name not in ("isinstance", "cast"))
        ):
            yield node


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def patterns(tree: ast.AST) -> Iterator[ast.Constant]:
    """Text and bytes in the code that hold `\\d`; docstrings are for people."""
    told = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str | bytes)
            and node not in told
        ):
            text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if r"\d" in _REFUSED_BESIDE.sub("", text):
                yield node


def wrong_readings(code: str) -> list[str]:
    found = [ast.unparse(call) for call in readings(ast.parse(code))]
    return [reading for reading in found if reading not in ALLOWED]


def wrong_patterns(code: str) -> list[str]:
    return [ast.unparse(pattern) for pattern in patterns(ast.parse(code))]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_reads_numbers_and_days_by_the_plain_digits(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert wrong_readings(code) == [], (
        "read it with thindicators.plain_numbers, or say in ALLOWED why it is no text"
    )
    assert wrong_patterns(code) == [], r"write [0-9]; \d also takes digits of other scripts"


def test_every_exception_is_still_needed() -> None:
    met = {
        ast.unparse(call)
        for path in modules()
        for call in readings(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert set(ALLOWED) - met == set()


@pytest.mark.parametrize(
    "code",
    [
        "year = int(text)",
        "years = map(int, texts)",
        "json.loads(text, parse_float=float)",
        "day = date.fromisoformat(text)",
        "day = datetime.strptime(text, form)",
        "is_year = text.isdecimal()",
        "share = decimal.Decimal(text)",
    ],
)
def test_a_reading_by_pythons_own_means_is_found(code: str) -> None:
    assert wrong_readings(code)


@pytest.mark.parametrize(
    "code", [r"re.compile(r'(20\d\d)(?!\d)')", r"digit = rb'\d'", r"year = rf'{word}\d'"]
)
def test_a_pattern_that_takes_digits_of_all_scripts_is_found(code: str) -> None:
    assert wrong_patterns(code)


def test_a_pattern_may_refuse_digits_of_all_scripts_beside_the_plain_ones() -> None:
    assert wrong_patterns(r"re.compile(r'(?<![\w.])(?<!\d)20[0-9]{2}(?!\d)')") == []
