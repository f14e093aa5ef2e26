"""Variables of the environment: text that becomes a value, or is refused in words that name the variable.

What belongs here: reading a variable as a folder, an address, a host or one of some words, and the one that others than us
read and cannot do without, `HOME`. Which variables there are, and what they mean, belongs in `thindicators.settings`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from thindicators.errors import SettingsError

_HOST = re.compile(
    r"""
    ( [a-z0-9-]+ (\.[a-z0-9-]+)*   # a name, or an address of version 4
    | \[ [0-9a-f:]+ \]             # an address of version 6
    )
    ( : [0-9]{1,5} )?              # the port, where it is none of the usual
    """,
    re.VERBOSE,
)
_HOST_EXAMPLE = "figures.council.example, or figures.council.example:8443"
_NO_HOME = "/nonexistent"
_QUOTES = ("'", '"')


class Variables:
    """The variables of one prefix. Each is read once by its name, and at the end what nobody read is unknown."""

    def __init__(
        self,
        prefix: str,
        environment: Mapping[str, str],
    ) -> None:
        """Take what an environment says.

        Args:
            prefix: Of the names; the methods take names without it.
            environment: Such as `os.environ`. An empty variable is none.
        """
        self._prefix = prefix
        self._read: list[str] = []
        self._unread: dict[str, str] = {}
        # A name without the last letter of the prefix is a misspelt one of ours, too.
        ours = prefix.removesuffix("S_")
        for variable, text in environment.items():
            if text and variable.startswith(ours):
                self._unread[variable] = text

    def text(self, name: str) -> str:
        """What a variable says; empty if it is not set.

        Raises:
            SettingsError: If quotation marks or blanks stand around it, which only a shell would have taken away.
        """
        variable = f"{self._prefix}{name}"
        self._read.append(variable)
        text = self._unread.pop(variable, "")
        is_quoted = text.startswith(_QUOTES) and text[0] == text[-1]
        if is_quoted or text != text.strip():
            problem = "has blanks or quotation marks around its value. Take them away."
            raise self._wrong(name, problem)
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """What a variable lists, with commas between."""
        texts = []
        for part in self.text(name).split(","):
            text = part.strip()
            if text:
                texts.append(text)
        return tuple(texts)

    def one_of(
        self,
        name: str,
        words: Sequence[str],
        default: str,
    ) -> str:
        """Which of some words a variable says.

        Raises:
            SettingsError: If it says another.
        """
        text = self.text(name)
        if text and text not in words:
            problem = f"is {text!r}; it can be one of {', '.join(words)}."
            raise self._wrong(name, problem)
        return text or default

    def folder(self, name: str) -> Path | None:
        """The folder that a variable names; None if it is not set.

        Raises:
            SettingsError: If it begins with `~`, which only a shell takes for a home.
        """
        text = self.text(name)
        if not text:
            return None
        if text.startswith("~"):
            problem = (
                f"is {text!r}; outside a shell, “~” is no home but a name like any other. "
                "Write the whole path of the folder."
            )
            raise self._wrong(name, problem)
        return Path(text).resolve()

    def address(
        self,
        name: str,
        example: str,
        socket: str = "",
    ) -> str:
        """The address that a variable gives; empty if it is not set.

        Args:
            name: Of the variable.
            example: An address whose scheme this one must have; `https` stands for `http` too, `smtps` for `smtp`.
            socket: A scheme that is taken as well, whose addresses name a socket of this machine and no host.

        Raises:
            SettingsError: If it begins otherwise, or names no host.
        """
        text = self.text(name)
        secure, _, _ = example.partition("://")
        schemes = [secure]
        if secure.endswith("s"):
            schemes.append(secure.removesuffix("s"))
        is_socket = bool(socket) and _names_a_socket(text, socket)
        if text and not is_socket and not _is_address(text, schemes):
            begins = " or ".join(f"{scheme}://" for scheme in schemes)
            # The address itself is not repeated, since it may hold a password.
            problem = f"is no address that starts with {begins}. Write it as {example}."
            raise self._wrong(name, problem)
        return text

    def hosts(self, name: str) -> tuple[str, ...]:
        """The hosts that a variable lists, with commas between.

        Raises:
            SettingsError: If one is a whole address, or a pattern.
        """
        hosts = tuple(map(str.lower, self.texts(name)))
        for host in hosts:
            if not _HOST.fullmatch(host):
                problem = (
                    f"names {host!r}, which is no host as a browser shows it: {_HOST_EXAMPLE}, "
                    "without https:// and without a path."
                )
                raise self._wrong(name, problem)
        return hosts

    def unread_that_end_with(self, ending: str) -> list[str]:
        """The names that end so and have not been read."""
        names = []
        for variable in sorted(self._unread):
            name = variable.removeprefix(self._prefix)
            if name.endswith(ending):
                names.append(name)
        return names

    def refuse_unread(self) -> None:
        """Refuse what has not been read.

        Raises:
            SettingsError: If there is any; a misspelt setting would change nothing, and nobody would know.
        """
        for variable in sorted(self._unread):
            near = nearest(variable, self._read)
            raise SettingsError(
                f"{variable} is not a setting. {near}docs/operating.md lists the settings."
            )

    def _wrong(self, name: str, problem: str) -> SettingsError:
        return SettingsError(f"{self._prefix}{name} {problem}")


def give_home(environment: MutableMapping[str, str]) -> None:
    """Name a home for a user who has none, as in a container: libraries look for settings there, or end.

    The folder is the one that systems give to such users. It is not there, so that nobody can put anything into it.
    """
    if environment.get("HOME"):
        return
    environment.pop("HOME", None)
    try:
        environment["HOME"] = str(Path.home())
    except RuntimeError:
        environment["HOME"] = _NO_HOME


def nearest(variable: str, variables: Collection[str]) -> str:
    """A sentence with the variable that is most like another, and a blank; nothing if none is like it."""
    alike = get_close_matches(
        variable,
        list(variables),
        n=1,
    )
    if not alike:
        return ""
    [near] = alike
    return f"Do you mean {near}? "


def _names_a_socket(text: str, scheme: str) -> bool:
    """Whether an address has a scheme of sockets, and the path of one."""
    parts = urlsplit(text)
    return parts.scheme == scheme and not parts.hostname and len(parts.path) > 1


def _is_address(text: str, schemes: Sequence[str]) -> bool:
    if re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
        # Reading the port is what refuses one that is no number.
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
