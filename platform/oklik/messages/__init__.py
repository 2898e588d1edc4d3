"""Everything the commands say, in Russian and English: what goes on, and what is wrong.

A module a topic; keys are unique over all of them.  A value that is itself a sentence in both languages
({"ru": ..., "en": ...}) is put in in the right one.  What rooms below say of scenarios, lists and prompts they word
themselves.
"""

import errno
from collections.abc import Mapping

from oklik.dialing.sentences import raz
from oklik.messages import (
    access,
    backups,
    bad_input,
    calendar,
    campaigns,
    doctor,
    failing,
    going,
    ledger,
    machines,
    numbers,
    orders,
    people,
    preflights,
    prompts,
    trunks,
    wishes,
)

Sentence = Mapping[str, str]

LANGUAGES = ("ru", "en")

_TOPICS = (
    access,
    backups,
    bad_input,
    calendar,
    campaigns,
    doctor,
    failing,
    going,
    ledger,
    machines,
    numbers,
    preflights,
    people,
    wishes,
    trunks,
    orders,
    prompts,
)
_TEXTS: dict[str, tuple[str, str]] = {key: text for topic in _TOPICS for key, text in topic.TEXTS.items()}

_WHY: dict[int, tuple[str, str]] = {
    errno.ENOENT: ("нет такого файла или папки", "no such file or folder"),
    errno.EACCES: ("нет доступа", "permission denied"),
    errno.EPERM: ("нет доступа", "not permitted"),
    errno.EROFS: ("диск только для чтения", "the disk is read-only"),
    errno.ENOSPC: ("на диске нет места", "no space left on the disk"),
    errno.EDQUOT: ("исчерпана дисковая квота", "the disk quota is used up"),
    errno.ENOTDIR: ("часть пути — не папка", "part of the path is not a folder"),
    errno.EEXIST: ("здесь лежит файл, а нужна папка", "there is a file where a folder is needed"),
    errno.EISDIR: ("это папка", "this is a folder"),
}


def say(key: str, language: str, **values: object) -> str:
    """A message in ru or en; a value that is a Sentence goes in in that language."""
    russian, english = _TEXTS[key]
    told = {name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()}
    return (english if language == "en" else russian).format(**told)


def virtual_switch(language: str, speed: float) -> str:
    """That nobody real is called, and how fast time runs."""
    return say("virtual" if speed != 1 else "virtual_at_ease", language, speed=speed, raz=raz(speed))


def switch_there(language: str, where: str, *, virtual: bool, guarded: bool) -> list[str]:
    """What the switch is that somebody named, by lines, and what is less without the guard's script."""
    lines = [say("virtual_there" if virtual else "real", language, where=where)]
    if not guarded:
        lines.append(say("without_script", language, what=both("doctor_guard_plain", where=where)))
    return lines


def both(key: str, **values: object) -> Sentence:
    """A message in both languages, to be put into another one."""
    return {language: say(key, language, **values) for language in LANGUAGES}


def why_not(error: BaseException) -> Sentence:
    """What the operating system says at the bottom of an error of a room below; else the error's own words."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError):
            return why(below)
        below = below.__cause__ or below.__context__
    return dict.fromkeys(LANGUAGES, str(error))


def why(error: OSError) -> Sentence:
    """What the operating system says, in both languages as far as we know it."""
    known = _WHY.get(error.errno or 0)
    if known is None:
        text = error.strerror or str(error)
        return {"ru": text, "en": text}
    return dict(zip(LANGUAGES, known, strict=True))
