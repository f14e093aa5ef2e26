"""How easy the code is to read: `python -m tests.reading`, by the four measures that docs/CONTRIBUTING.md explains.

What belongs here: counting, and the aims. The aims are not enforced line by line: a module that is denser than the rest
is worth a look, and that is all a number can say.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

FOLDERS = ("thindicators", "sources", "assets")
MOST_NODES, MOST_NESTED, MOST_STAND_INS, FEWEST_COMMENTS = 7.5, 2.0, 1.5, 3.0
"""The aims: nodes a line, nested comprehensions in a thousand lines, percent of names, comments in a hundred lines."""

STAND_INS = {"one", "found", "said", "there", "known", "kept", "told", "thing", "stuff"}
SHORTEST = 40
"""Modules with fewer lines of code are not named: one long line would put them on top."""

SHOWN = 12

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.STRING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Counts:
    """What is counted in a module, or in several together."""

    lines: int = 0
    nodes: int = 0
    nested: int = 0
    stand_ins: int = 0
    names: int = 0
    comments: int = 0

    @property
    def density(self) -> float:
        """Syntax nodes a line of code."""
        return self.nodes / max(self.lines, 1)

    def __str__(self) -> str:
        lines, names = max(self.lines, 1), max(self.names, 1)
        nested, comments = 1000 * self.nested / lines, 100 * self.comments / lines
        return (
            f"{self.density:.1f} nodes a line, {nested:.1f} nested comprehensions in a thousand lines, "
            f"{100 * self.stand_ins / names:.1f} % stand-in names, {comments:.1f} comments in a hundred lines"
        )


def count(source: str) -> Counts:
    """Count in the text of a module; lines that hold nothing but text, such as docstrings, are no code."""
    tree = ast.parse(source)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    nodes = list(ast.walk(tree))
    names = [
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    names += [node.arg for node in nodes if isinstance(node, ast.arg)]
    return Counts(
        lines=len({token.start[0] for token in tokens if token.type not in _NO_CODE}),
        nodes=len(nodes),
        nested=sum(
            _comprehensions_in(node) - 1 for node in nodes if isinstance(node, _COMPREHENSIONS)
        ),
        stand_ins=sum(name in STAND_INS for name in names),
        names=len(names),
        comments=sum(token.type == tokenize.COMMENT for token in tokens),
    )


def _comprehensions_in(node: ast.AST) -> int:
    return sum(isinstance(inner, _COMPREHENSIONS) for inner in ast.walk(node))


def added(counts: Iterable[Counts]) -> Counts:
    """The counts of several modules together."""
    columns = zip(*(astuple(each) for each in counts), strict=True)
    return Counts(*(sum(column) for column in columns))


def modules(places: Iterable[str]) -> list[Path]:
    """The modules in folders, or files themselves."""
    files = []
    for place in map(Path, places):
        files += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return files


def main() -> None:
    """Print the densest modules, then the whole and the aims."""
    counted = {
        path: count(path.read_text(encoding="utf-8")) for path in modules(sys.argv[1:] or FOLDERS)
    }
    long_enough = [path for path, counts in counted.items() if counts.lines >= SHORTEST]
    for path in sorted(long_enough, key=lambda path: -counted[path].density)[:SHOWN]:
        print(f"{path}: {counted[path]}")
    print(f"\n{len(counted)} modules: {added(counted.values())}")
    aims = f"{MOST_NODES:g} nodes, {MOST_NESTED:g} nested comprehensions, {MOST_STAND_INS:g} % stand-in names"
    print(f"Aims: at most {aims}; at least {FEWEST_COMMENTS:g} comments.")


if __name__ == "__main__":
    main()
