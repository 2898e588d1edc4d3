"""The two ways in which a command can end badly, and which errors of the rooms belong to which.

BadInput: what the person gave is wrong or missing (exit code 2).  Failure: it was right and yet did not work out
(exit code 1).  Both carry one clear line that names the place; the words are in `messages`.
"""

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from oklik.config import ConfigError
from oklik.messages import Sentence, say, why

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


class _Told(Exception):
    """An error with a key of `messages` and what its sentence is filled with; str() gives the English one."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self._values = values
        super().__init__(say(key, "en", **values))

    @classmethod
    def worded(cls, sentence: Sentence) -> Self:
        """One whose sentence a room below has made."""
        return cls("worded", ru=sentence["ru"], en=sentence["en"])

    def text(self, language: str) -> str:
        """One line, in ru or en."""
        return " ".join(say(self.key, language, **self._values).split())


class BadInput(_Told):
    """The input or a setting is wrong; nothing was begun, nothing is half-written."""


class Failure(_Told):
    """Something broke on the way."""


def check_file(path: Path, option: str = "") -> None:
    """Make sure that a file can be read.  option: the option it was given by, for the message.  Raises BadInput."""
    prefix = f"{option} " if option else ""
    if path.is_dir():
        raise BadInput("not_a_file", option=prefix, path=path)
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise BadInput("no_file", option=prefix, path=path) from None
    except OSError as error:
        raise BadInput("unreadable", option=prefix, path=path, why=why(error)) from None


def from_library(error: Exception) -> BadInput | Failure | None:
    """The error of a room below as one of the two, or None for a fault of ours that must show its traceback."""
    from sqlalchemy.exc import DBAPIError

    from oklik.campaigns.consents import ConsentRefused
    from oklik.campaigns.launch import LaunchRefused
    from oklik.campaigns.listing import NoSuchCampaign
    from oklik.campaigns.lists.errors import ListError
    from oklik.campaigns.numbers import NotOneNumber
    from oklik.campaigns.projects import NoSuchProject
    from oklik.campaigns.stop_list import NotListed
    from oklik.campaigns.tokens import TokenRefused
    from oklik.campaigns.users import UserRefused
    from oklik.campaigns.versions import VersionUnreadable
    from oklik.reports.excel import ReportError
    from oklik.speech.dictionary import DictionaryError
    from oklik.speech.voices import NoVoice, VoicesError
    from oklik.store.postgres import PostgresError
    from oklik.store.revisions import TablesNewer

    match error:
        case ConfigError():
            return BadInput("setting", name=error.name, expected=error.expected)
        case LaunchRefused():
            return BadInput.worded(with_command(error.text, error.command))
        case ConsentRefused() | NotOneNumber() | TokenRefused() | UserRefused() | VersionUnreadable():
            return BadInput.worded(error.text)
        case TablesNewer():
            return BadInput("tables_newer", there=error.there, known=error.known)
        case NotListed():
            return BadInput("not_listed", number=error.number)
        case ReportError():
            return Failure.worded({"ru": str(error), "en": str(error)})
        case ListError():
            return BadInput.worded(with_command({"ru": error.text("ru"), "en": error.text("en")}, error.command))
        case NoVoice():
            return BadInput.worded({"ru": error.text("ru"), "en": error.text("en")})
        case NoSuchCampaign():
            return BadInput("no_campaign", given=error.given, known=", ".join(error.known) or "—")
        case NoSuchProject():
            return BadInput("no_project", given=error.given or "—", known=", ".join(error.known) or "—")
        case VoicesError():
            return BadInput("voices", detail=error)
        case DictionaryError():
            return BadInput("dictionary", detail=error)
        case PostgresError() | DBAPIError():
            return _database(error)
        case OSError() if error.errno in _DISK:
            return BadInput("disk", path=error.filename or "disk", why=why(error))
    return None


def with_command(text: Mapping[str, str], command: str) -> dict[str, str]:
    """A sentence with the command or option that helps; pages say it without."""
    return {code: f"{told}: {command}" if command else told for code, told in text.items()}


def first_line(error: Exception) -> str:
    """The first line of what a driver says; the rest is statements and advice."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _database(error: Exception) -> BadInput | Failure:
    kind = BadInput if "No space left on device" in str(error) else Failure
    return kind("database_failed", why=first_line(getattr(error, "orig", None) or error))
