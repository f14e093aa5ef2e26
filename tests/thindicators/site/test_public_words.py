"""What the public reads: words that a resident would use, in sentences that can be read aloud.

The advice is GOV.UK's (https://www.gov.uk/guidance/content-design/writing-for-gov-uk): short sentences, plain words, a
reading age that most people have. Here it stands as limits that every page keeps.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

BANNED = (
    "like figure",
    "ready lines",
    "remarked by",
    "print this",
    "better is",
    "not judged",
    "no name in the code list",
    "traceback",
    "snapshot",
    "parser",
    "asset",
    "materiali",
    "leverage",
    "utilis",
    "in order to",
    "prior to",
    "going forward",
    "key stakeholders",
    "deliverables",
    "robust",
    "holistic",
    "please note",
)
"""What no public page says: words of ours or of a machine's, and those that GOV.UK advises against."""

LONGEST_SENTENCE = 45
HARDEST_PAGE = 12.0
"""The grade of Flesch and Kincaid, which is about a reading age of 17; most pages stand well below."""

_WHOLE = {"p", "li", "dd", "h1", "h2", "h3", "h4", "summary", "figcaption", "dt"}
_NO_PROSE = {"script", "style", "pre", "svg", "blockquote", "table", "nav", "footer", "title"}
_ALONE = {"meta", "link", "br", "input", "img"}


class Prose(HTMLParser):
    """The paragraphs, entries and headings of a page, each as one text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _WHOLE:
            self._end()
        if tag not in _ALONE:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag in _WHOLE:
            self._end()

    def handle_data(self, data: str) -> None:
        if not _NO_PROSE.intersection(self._open):
            self._text += data

    def _end(self) -> None:
        text = " ".join(self._text.split())
        if text:
            self.texts.append(text)
        self._text = ""


def sentences_of(page: str) -> list[str]:
    sentences: list[str] = []
    for text in Prose(page).texts:
        sentences += re.split(r"(?<=[.!?])[”)]? (?=[A-Z“(\d])", text)
    return sentences


def words_of(sentence: str) -> list[str]:
    # What is quoted or stands in brackets is another's words, or can be left out when it is read aloud.
    bare = re.sub(r"“[^”]*”|\([^)]*\)", " ", sentence)
    return re.findall(r"[A-Za-z][A-Za-z’'-]*", bare)


def syllables_of(word: str) -> int:
    vowels = len(re.findall(r"[aeiouy]+", word.lower()))
    is_silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(vowels - is_silent, 1)


def grade_of(sentences: list[str]) -> float:
    """How many years of school a text asks for (Kincaid and others, 1975)."""
    words = [word for sentence in sentences for word in words_of(sentence)]
    syllables = sum(map(syllables_of, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def html_of(pages: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in pages.items() if path.endswith(".html")}


@pytest.mark.parametrize("banned", BANNED)
def test_no_page_has_words_of_ours(pages: dict[str, str], banned: str) -> None:
    # The dictionary explains the columns of the files, in the words that the files have.
    read = {path: page for path, page in html_of(pages).items() if "dictionary" not in path}
    said = {}
    for path, page in read.items():
        texts = [text for text in Prose(page).texts if banned in text.lower()]
        if texts:
            said[path] = texts
    assert said == {}


def test_every_sentence_can_be_said_in_one_breath(pages: dict[str, str]) -> None:
    long = {
        sentence
        for path, page in html_of(pages).items()
        if "dictionary" not in path
        for sentence in sentences_of(page)
        if len(words_of(sentence)) > LONGEST_SENTENCE
    }
    assert long == set()


def test_no_page_asks_for_more_than_school(pages: dict[str, str]) -> None:
    hard = {}
    for path, page in html_of(pages).items():
        grade = grade_of(sentences_of(page))
        if grade > HARDEST_PAGE:
            hard[path] = round(grade, 1)
    assert hard == {}


def test_the_measure_tells_plain_from_hard() -> None:
    plain = ["The rate fell last year.", "Most homes have heating."]
    hard = [
        "The aforementioned methodological considerations necessitate comprehensive reinterpretation "
        "of institutionally disaggregated distributional characteristics."
    ]
    assert grade_of(plain) < 5
    assert grade_of(hard) > 20
