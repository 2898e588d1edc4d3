"""Recording of calls as data: which part, what a file is called, how long it must and may be kept.

Pure; the files themselves are the affair of the worker and of the jobs.  No legal advice: whether calls may be recorded
at all, and for how long, is for who calls to know.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from uuid import UUID

LEAST_DAYS: Mapping[str, int] = {"debt": 3 * 365 + 1}
"""By purpose: 230-FZ art. 17 has recordings of debt collection kept for at least three years."""
DAYS = 180
"""For the other purposes, unless the installation says otherwise."""
MOST_DAYS = 3650
NAME = "{campaign}/{date}/{phone}-{time}-{id}"
BESIDE = "{phone}-{date}-{time}-{id}"
"""Names of files that lie in one folder beside a report."""
UNIQUE = frozenset({NAME, BESIDE})
"""Templates by which no two recordings have the same name; of any other the names are to be numbered."""
FIELDS = ("campaign", "date", "time", "phone", "id")

MOST_TEMPLATE = 200  # characters
MOST_NAME = 180  # bytes of a folder's or file's name; systems allow 255, and a number and an ending come to it

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # no names on Windows
_PIECE = re.compile(r"\{(\w+)\}|([^{}]+)|(.)", re.DOTALL)
_STRANGE = re.compile(r"[^\w .,()+-]+")


class Part(StrEnum):
    """What of a call is recorded."""

    OFF = "off"
    CALL = "call"  # all of it
    AGENT = "agent"  # from the bridge to an agent to its end


class BadTemplate(ValueError):
    """A template of file names that cannot be used; the message is for programmers, `why` is a code.

    why: field (unknown; args name it), letters (something else than letters, digits and `-_. ,()+/`), place (it leads
    out of the folder, or says nothing), length (more than MOST_TEMPLATE characters).
    """

    def __init__(self, why: str, detail: str = "") -> None:
        self.why, self.detail = why, detail
        super().__init__(f"{why}: {detail}" if detail else why)


def check_name(template: str) -> str:
    """Give the template back.  Raises BadTemplate."""
    if len(template) > MOST_TEMPLATE:
        raise BadTemplate("length", str(MOST_TEMPLATE))
    for match in _PIECE.finditer(template):
        field, plain, brace = match.groups()
        if field is not None and field not in FIELDS:
            raise BadTemplate("field", field)
        if brace is not None or (plain is not None and not re.fullmatch(r"[\w .,()+/-]+", plain)):
            raise BadTemplate("letters", brace or plain)
    if any(not part.strip(". ") for part in template.split("/")):
        raise BadTemplate("place", template)
    return template


def file_name(template: str, *, campaign: str, phone: str, id_: str, local: dt.datetime) -> str:
    """The name of a recording, without extension, by a template that was checked; folders are divided by "/".

    Whatever the fields hold, each is a part of one name and no path of its own.
    """
    fields = {
        "campaign": _one_name(campaign)[:80] or "campaign",
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H-%M-%S}",
        "phone": _one_name(phone)[:40] or "unknown",
        "id": _one_name(id_),
    }
    told = re.sub(r"\{(\w+)\}", lambda match: fields[match[1]], template)
    return "/".join(_safe(part) for part in told.split("/"))


def _safe(part: str) -> str:
    name = part.strip(". ") or "_"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name.encode()[:MOST_NAME].decode(errors="ignore").rstrip(". ")


def name_of(
    template: str, *, uuid: UUID, part: str, n: int, path: str, number: str, campaign: str, local: dt.datetime
) -> str:
    """The name under which a recording is given away.  path: as its row has it.

    Several may have the same, but for the templates in UNIQUE: see numbered.
    """
    mark = uuid.hex[:12] + (f"-{part}{n}" if part == Part.AGENT else "")
    return file_name(template, campaign=campaign, phone=number, id_=mark, local=local) + PurePosixPath(path).suffix


def numbered(names: Iterable[str]) -> Iterator[str]:
    """Give names without endings in their order, the second of the same as "name (2)", and so on.

    Names that differ only in upper and lower case are the same to some systems.
    """
    seen: set[str] = set()
    last: dict[str, int] = {}
    for name in names:
        told = name
        n = last.get(name.casefold(), 1)
        while told.casefold() in seen:
            n += 1
            told = f"{name} ({n})"
        last[name.casefold()] = n
        seen.add(told.casefold())
        yield told


def _one_name(text: str) -> str:
    return _STRANGE.sub(" ", text).strip(". ")


def keep_days(purpose: str, wanted: Mapping[str, int] | None = None) -> int:
    """For how many days recordings of this purpose are kept.  wanted: by purpose, "" for the others."""
    told = wanted or {}
    return max(told.get(purpose, told.get("", DAYS)), LEAST_DAYS.get(purpose, 0))


def parse_days(text: str) -> dict[str, int]:
    """Read "90" or "90, survey=30": days for all purposes, and for some of their own.  Raises ValueError."""
    days: dict[str, int] = {}
    for item in text.split(","):
        purpose, found, number = item.strip().rpartition("=")
        if (
            not number.strip().isdecimal()
            or not 1 <= int(number) <= MOST_DAYS
            or (found and not purpose.strip().isalpha())
        ):
            raise ValueError(f"{item.strip()!r} is no number of days from 1 to {MOST_DAYS}")
        days[purpose.strip()] = int(number)
    for purpose, least in LEAST_DAYS.items():
        if days.get(purpose, least) < least:
            raise ValueError(f"{purpose}: the law wants at least {least} days")
    return days
