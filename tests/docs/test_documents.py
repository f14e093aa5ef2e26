"""The documents: links lead somewhere, every command and setting is told, and numbers are those of the code."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
import yaml

from tests.docs.documents import DOCUMENTS, README, anchors, commands, links, text_of
from tests.docs.generated import ARCHITECTURE, DATA, METHODS, OPERATING, STATES
from tests.docs.generated import commands as command_table
from tests.reading import FEWEST_COMMENTS, MOST_NESTED, MOST_NODES, MOST_STAND_INS
from tests.samples import sample_release, sample_run_context
from tests.support import ROOT
from thindicators import __version__, settings
from thindicators.comparing.explained import UNCERTAINTY, methods
from thindicators.comparing.methods.long_run import FEWEST
from thindicators.comparing.methods.recent_trend import POINTS
from thindicators.observations.limits import CONFIDENCE
from thindicators.observations.observation import STATUSES
from thindicators.observations.small_numbers import SMALL
from thindicators.plan.model import Plan
from thindicators.refreshing.news import LONGEST_REST
from thindicators.settings import PREFIX, settings_from
from thindicators.sharing.bucket_lock import STALE_AFTER
from thindicators.telling.calendar import State

CONTRIBUTING, OFFICERS = ROOT / "docs" / "CONTRIBUTING.md", ROOT / "docs" / "officers.md"
WORDS = {3: "three", 5: "five", 10: "ten", 20: "twenty"}
ONE_IN = round(1 / (1 - CONFIDENCE))
"""Limits hold the true value in 95 of 100 cases, so that one comparison in twenty is clear by chance."""


class TestLinks:
    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
    def test_lead_to_files_and_headings_that_are_there(self, document: Path) -> None:
        for link in links(document):
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            path, _, heading = link.partition("#")
            target = (document.parent / path).resolve() if path else document
            assert target.exists(), link
            assert not heading or heading in anchors(target), link

    def test_lead_from_the_readme_to_every_document(self) -> None:
        named = {(README.parent / link.partition("#")[0]).resolve() for link in links(README)}
        inside = {ROOT / "assets" / "deployment" / "README.md"}
        assert set(DOCUMENTS) - named - {README} - inside == set()

    def test_no_document_names_a_path_of_one_machine(self) -> None:
        for document in DOCUMENTS:
            assert not re.search(r"(?<![\w.])/(?:home|work|root|Users)/", text_of(document)), (
                document
            )


class TestTheReadme:
    def test_is_short_and_has_one_picture(self) -> None:
        assert 100 <= len(text_of(README).splitlines()) <= 130
        assert len(re.findall(r"<img ", text_of(README))) == 1

    def test_tells_every_status_and_no_other(self) -> None:
        rule = text_of(README).partition("**Missing is never zero.**")[2].partition("\n2. ")[0]
        assert set(re.findall(r"`(\w+)`", rule)) - {"value", "status"} == set(STATUSES)


class TestCommands:
    def test_every_one_is_in_the_table_and_shown_in_a_block_or_explained(self) -> None:
        named = set(re.findall(r"`thindicators ([a-z-]+)", command_table()))
        told = {
            name
            for document in DOCUMENTS
            for name in _told(text_of(document).replace(command_table(), ""))
        }
        assert named <= told

    def test_no_document_tells_of_one_that_is_not_there(self) -> None:
        named = set(re.findall(r"`thindicators ([a-z-]+)", command_table()))
        for document in DOCUMENTS:
            assert _told(text_of(document)) <= named, document

    def test_every_target_of_make_that_is_told_is_there(self) -> None:
        targets = set(
            re.findall(
                r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE
            )
        )
        for document in DOCUMENTS:
            typed = {
                line.removeprefix("make ")
                for line in commands(document)
                if line.startswith("make ")
            }
            spoken = set(re.findall(r"`make ([a-z]+)`", text_of(document)))
            assert typed | spoken <= targets, document


def _told(text: str) -> set[str]:
    return set(re.findall(r"(?:\.venv/bin/|`)thindicators ([a-z][a-z-]+)", text))


class TestSettings:
    def test_every_one_is_in_the_table(self, plan: Plan) -> None:
        told = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", text_of(OPERATING)))
        assert _read_by_name() <= told
        assert _keys() <= told
        assert _keys() == set(settings.SECRETS)

    def test_every_one_that_is_told_is_one(self, plan: Plan) -> None:
        named = {
            name
            for document in DOCUMENTS
            for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", text_of(document))
        }
        values = {
            "EDITION": "live",
            "EXECUTOR": "celery",
            "SCHEDULES": "on",
            "ALERT_EMAIL_TO": "team@example.org",
            "ALERT_EMAIL_FROM": "thindicators@example.org",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "REDIS_URL": "redis://127.0.0.1:9",
            "STORE": "s3://bucket",
            "UI_HOSTS": "figures.council.example",
        }
        given = {
            name: values.get(name.removeprefix(PREFIX), "http://127.0.0.1:9")
            for name in named
            if name != PREFIX
        }
        settings_from(given).check_against(plan)


def _read_by_name() -> set[str]:
    """The settings that the module of settings asks for by name."""
    tree = ast.parse(
        inspect.getsource(settings.settings_from) + inspect.getsource(settings._alerts)
    )
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[A-Z]{2}[A-Z_]+", text)}


def _keys() -> set[str]:
    """The keys that modules of sources ask their client for."""
    modules = (ROOT / "sources").rglob("*.py")
    return {
        key
        for path in modules
        for key in re.findall(r'"([A-Z_]+_KEY)"', path.read_text(encoding="utf-8"))
    }


class TestNumbers:
    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            (README, f"about one verdict in {WORDS[ONE_IN]} says by chance"),
            (DATA, f"the last {POINTS} figures of one series"),
            (DATA, f"at least {FEWEST}"),
            (DATA, f"one comparison in {WORDS[ONE_IN]} says by chance"),
            (DATA, f"Counts from {min(SMALL)} to {max(SMALL)}"),
            (OFFICERS, f"Counts from {min(SMALL)} to {max(SMALL)}"),
            (OPERATING, f"after {LONGEST_REST.days} days it asks for everything"),
            (OPERATING, f"taken over after {STALE_AFTER / 60:g} minutes"),
            (CONTRIBUTING, f"| at most {MOST_NODES:g} |"),
            (CONTRIBUTING, f"| at most {MOST_NESTED:g} |"),
            (CONTRIBUTING, f"| at most {MOST_STAND_INS:g} % |"),
            (CONTRIBUTING, f"| at least {FEWEST_COMMENTS:g} |"),
        ],
    )
    def test_told_in_words_are_those_of_the_code(self, document: Path, sentence: str) -> None:
        assert sentence in " ".join(text_of(document).split())

    def test_on_the_public_page_about_comparing_are_those_of_the_code(self) -> None:
        page = text_of(sample_release() / "comparing" / "index.html")
        assert f"About one comparison in {WORDS[ONE_IN]}" in page
        assert f"The last {POINTS} figures of one series" in page
        assert f"at least {FEWEST}." in page

    def test_the_public_page_and_the_document_say_the_same(self) -> None:
        """Each sentence about uncertainty on the page is one of the list, and the document has them all."""
        page = text_of(sample_release() / "comparing" / "index.html")
        document = text_of(METHODS)
        for method in methods():
            for sentence in (*method.words, method.example):
                assert sentence in page
                assert sentence in document
        for sentence in UNCERTAINTY:
            assert sentence in page
            assert sentence in document


class TestTheArchitecture:
    def test_explains_every_state(self) -> None:
        assert set(STATES) == set(State)

    def test_names_everything_that_a_publish_leaves_under_state(self) -> None:
        sample_release()
        told = set(re.findall(r"`state/([^/`]+)", text_of(ARCHITECTURE)))
        left = {path.name for path in sample_run_context().settings.state.iterdir()}
        assert {name for name in left if not name.startswith(".")} <= told

    def test_names_every_folder_of_the_project(self) -> None:
        tracked = {
            path
            for path in (*(ROOT / "sources").iterdir(), *(ROOT / "assets").iterdir())
            if path.is_dir()
        }
        for folder in tracked:
            if folder.name != "__pycache__":
                assert f"`{folder.relative_to(ROOT)}/`" in text_of(ARCHITECTURE), folder


def test_the_citation_names_no_person_and_the_version_that_this_is() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] == [{"name": "thindicators contributors"}]
    assert {"message", "title", "type", "license"} <= set(citation)
    assert citation["version"] == __version__
    assert f"## {__version__}\n" in text_of(ROOT / "CHANGELOG.md")
