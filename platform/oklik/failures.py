"""The two ways in which a command can end badly, and which errors of the rooms belong to which.

BadInput: what the person gave is wrong or missing (exit code 2).  Failure: it was right and yet did not work out
(exit code 1).  Both carry one clear line that names the place.
"""


class BadInput(Exception):
    """The input or a setting is wrong; nothing was begun, nothing is half-written."""


class Failure(Exception):
    """Something broke on the way."""


def from_library(error: Exception, language: str) -> BadInput | Failure | None:
    """The error of a room below as one of the two, or None for a fault of ours that must show its traceback."""
    import errno

    from pydantic import ValidationError

    from oklik.campaigns.launch import LaunchRefused
    from oklik.campaigns.lists.errors import ListError
    from oklik.reports.excel import ReportError
    from oklik.scenario.columns import ColumnsMissing
    from oklik.speech.dictionary import DictionaryError
    from oklik.speech.voices import NoVoice, VoicesError
    from oklik.store.postgres import PostgresError
    from oklik.switch_conf import SwitchConfError

    if isinstance(error, LaunchRefused | ColumnsMissing):
        return BadInput(error.text[language])
    if isinstance(error, ListError | NoVoice):
        return BadInput(error.text(language))
    if isinstance(error, SwitchConfError | VoicesError | DictionaryError | ReportError):
        return BadInput(str(error))
    if isinstance(error, PostgresError):
        return Failure(str(error))
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
        return BadInput(f"{error.filename or 'disk'}: {error.strerror}")
    return None
