"""A file of contacts made elsewhere: whose columns and words are read here, row by row.

A row that cannot be read is refused with its reason, and every other is kept.  What is kept, and how, is
outside_contacts.py's business.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.headers import folded
from oklik.campaigns.lists.records import Record, open_records
from oklik.campaigns.outside_contacts import BadContact, Kept, OutsideContact, check, put_contacts
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import TITLES, Purpose
from oklik.dialing.phones import read_phones

BATCH = 1_000

WORDS = {
    "phone": re.compile(
        r"(?:номер\w* )?(?:телефон\w*|тел)(?: абонента| клиента| должника)?|номер|мобильный|"
        r"phone(?: number)?|number|msisdn"
    ),
    "key": re.compile(
        r"(?:id|ид|идентификатор|код|ключ)[ .:-]*(?:должник|клиент|заемщик|абонент|контрагент|человек)\w*|"
        r"(?:debtor|customer|client|borrower|person)[ .:-]?(?:id|key|code)|ключ|key"
    ),
    "date": re.compile(
        r"дата(?: и время)?(?: (?:звонка|контакта|вызова|отправки|визита))?|когда|начало|date(?: ?time)?|"
        r"(?:call |contact )?date|timestamp|when|started(?: at)?|at"
    ),
    "time": re.compile(r"время(?: (?:звонка|контакта|вызова|отправки|визита|начала))?|time|(?:call|start) time"),
    "kind": re.compile(r"вид(?: контакта| взаимодействия)?|тип(?: контакта| взаимодействия)?|канал|kind|type|channel"),
    "talk": re.compile(
        r"разговор(?: состоялся)?|состоял\w+|дозвон|дозвонились|результат(?: звонка)?|итог|ответил\w*|доставлено|"
        r"talk(?:ed)?|answered|result|delivered|outcome"
    ),
    "seconds": re.compile(
        r"(?:длительность|продолжительность)(?: (?:звонка|разговора))?(?:,? ?(?:с|сек|секунд\w*))?|секунд\w*|"
        r"duration(?:,? ?(?:s|sec|seconds))?|seconds|billsec"
    ),
    "purpose": re.compile(r"цель(?: звонка| контакта)?|purpose"),
    "source": re.compile(r"источник|система|source|system"),
    "id": re.compile(
        r"(?:внешний )?(?:id|ид|идентификатор|код)(?: (?:звонка|контакта|записи|вызова|сообщения))?|№ звонка|"
        r"(?:external |call |contact )?(?:id|uid|uuid)"
    ),
    "note": re.compile(r"комментарий|примечание|заметка|note|comment"),
}
_KINDS = {
    OutsideKind.CALL: re.compile(r"звон\w*|вызов|исходящий\w*|входящий\w*|телефон\w*|разговор|call|phone|voice call|"),
    OutsideKind.MESSAGE: re.compile(
        r"голосовое(?: сообщение)?|автоинформатор|автообзвон|робот|message|voice message|robocall"
    ),
    OutsideKind.SMS: re.compile(r"смс\w*|sms\w*|сообщение|мессенджер|whatsapp|viber|telegram|text"),
    OutsideKind.VISIT: re.compile(r"визит|выезд|встреча|личная встреча|visit|meeting"),
}
_YES = re.compile(
    r"да|yes|y|true|истина|1|\+|✓|разговор|состоял\w+|дозвонились|дозвон|ответил\w*|успешн\w*|доставлен\w*|"
    r"answer(?:ed)?|talk(?:ed)?|delivered|ok|success"
)
_NO = re.compile(
    r"нет|no|n|false|ложь|0|-|–|—|не .+|недозвон|нет ответа|занято|сброс\w*|недоступ\w*|автоответчик|"
    r"no ?answer|busy|failed|missed|not .+|unreachable|machine"
)
_PURPOSES: dict[str, Purpose] = {
    **{str(purpose): purpose for purpose in Purpose},
    **{folded(title): purpose for purpose, titles in TITLES.items() for title in titles.values()},
    "долг": Purpose.DEBT,
    "взыскание": Purpose.DEBT,
    "задолженность": Purpose.DEBT,
    "collection": Purpose.DEBT,
    "уведомление": Purpose.INFORMATIONAL,
    "info": Purpose.INFORMATIONAL,
    "запись": Purpose.APPOINTMENT,
}
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_NO_CLOCK = {"ru": "время не указано", "en": "time not told"}
_MOST_S = 86_400


class Refused(msgspec.Struct, frozen=True):
    """A row that was not kept.  code: see messages (contact_...); detail: the offending text."""

    row: int
    code: str
    detail: str


class OutsideSummary(msgspec.Struct, frozen=True):
    """What became of a file: rows = added + known + refused.  columns: the header taken for each field."""

    rows: int
    added: int
    known: int
    refused: tuple[Refused, ...]
    columns: dict[str, str]


class _Bad(ValueError):
    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What holds where a row does not say it.  zone: of the file's times; country: of numbers without a code."""

    zone: dt.tzinfo
    purpose: Purpose | None = None
    source: str = "import"
    country: str = "RU"
    language: str = "ru"


def put_file(
    conn: Connection,
    project_id: int,
    path: Path | str,
    defaults: Defaults,
    *,
    now: dt.datetime,
    sheet: str | None = None,
) -> OutsideSummary:
    """Keep the contacts of a file; reading it again changes nothing.  Raises ListError."""
    refused: list[Refused] = []
    with open_records(path, WORDS, needed=(("key", "phone"), ("date",)), sheet=sheet) as opened:
        if "purpose" not in opened.columns and defaults.purpose is None:
            raise ListError(
                Path(path).name,
                "нет столбца «Цель»: скажите, какой она была",
                "there is no column of the purpose: say which it was",
                command="--purpose",
            )
        kept = Kept(0, 0)
        batch: list[OutsideContact] = []
        for contact in _contacts(opened.rows(), opened.columns, defaults, now, refused):
            batch.append(contact)
            if len(batch) >= BATCH:
                kept = _more(kept, put_contacts(conn, project_id, batch, now))
                batch = []
        kept = _more(kept, put_contacts(conn, project_id, batch, now))
    return OutsideSummary(
        kept.added + kept.known + len(refused), kept.added, kept.known, tuple(refused), opened.columns
    )


def _more(kept: Kept, also: Kept) -> Kept:
    return Kept(kept.added + also.added, kept.known + also.known)


def _contacts(
    rows: Iterator[Record], columns: dict[str, str], defaults: Defaults, now: dt.datetime, refused: list[Refused]
) -> Iterator[OutsideContact]:
    for record in rows:
        try:
            contact = read_contact(record.cells, defaults, says_talk="talk" in columns)
            check(contact, now)
        except _Bad as bad:
            refused.append(Refused(record.row, bad.code, bad.detail[:60]))
        except BadContact as bad:
            refused.append(Refused(record.row, bad.code, record.cells.get("date", "")[:60]))
        else:
            yield contact


def read_contact(cells: dict[str, str], defaults: Defaults, *, says_talk: bool) -> OutsideContact:
    """Read one row by field.  says_talk: there is a column that says whether there was a talk.  Raises ValueError."""
    key, number = cells.get("key", "").strip(), _number(cells, defaults.country)
    if not key and not number:
        raise _Bad("no_person", "")
    kind = _kind(cells.get("kind", ""))
    at, noted = _at(cells, defaults.zone)
    seconds = _seconds(cells.get("seconds", ""))
    notes = [cells.get("note", ""), "" if noted else _NO_CLOCK[defaults.language]]
    return OutsideContact(
        at=at,
        kind=kind,
        talk=_talk(cells.get("talk", ""), kind, seconds, told=says_talk),
        purpose=_purpose(cells.get("purpose", ""), defaults.purpose),
        key=key,
        number=number,
        seconds=seconds,
        note="; ".join(filter(None, notes)),
        source=cells.get("source", "") or defaults.source,
        external_id=cells.get("id", ""),
    )


def _number(cells: dict[str, str], country: str) -> str:
    text = cells.get("phone", "")
    found = read_phones(text, country).numbers if text else ()
    if text and not found and not cells.get("key"):
        raise _Bad("bad_phone", text)
    return found[0] if found else ""


def _kind(text: str) -> OutsideKind:
    flat = folded(text)
    found = next((kind for kind, words in _KINDS.items() if words.fullmatch(flat)), None)
    if found is None:
        raise _Bad("bad_kind", text)
    return found


def _talk(text: str, kind: OutsideKind, seconds: int | None, *, told: bool) -> bool:
    """Whether the person was spoken to; what nobody says is taken as a talk, which errs on the side of fewer calls."""
    flat = folded(text) or text.strip()
    if not flat:
        if kind in {OutsideKind.CALL, OutsideKind.MESSAGE} and seconds is not None:
            return seconds > 0
        return not told or kind is OutsideKind.SMS
    if _NO.fullmatch(flat):
        return False
    if _YES.fullmatch(flat):
        return True
    raise _Bad("bad_talk", text)


def _purpose(text: str, default: Purpose | None) -> Purpose:
    found = _PURPOSES.get(folded(text)) if text else default
    if found is None:
        raise _Bad("bad_purpose", text)
    return found


def _seconds(text: str) -> int | None:
    if not text:
        return None
    if clock := re.fullmatch(r"(?:(\d+):)?(\d{1,2}):(\d{2})", text):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        seconds = 3600 * hours + 60 * minutes + rest
    elif re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        seconds = int(float(text.replace(",", ".")))
    else:
        raise _Bad("bad_seconds", text)
    if seconds > _MOST_S:
        raise _Bad("bad_seconds", text)
    return seconds


def _at(cells: dict[str, str], zone: dt.tzinfo) -> tuple[dt.datetime, bool]:
    """When it was, and whether the time of day is told; where it is not, noon stands for it."""
    text = cells.get("date", "").strip()
    told = " ".join(filter(None, (text, cells.get("time", "").strip())))
    day = _DAY.match(text)
    if day is None:
        raise _Bad("bad_date", told)
    rest = told[day.end() :].strip(" T,")
    clock = _CLOCK.fullmatch(rest) if rest else None
    if rest and clock is None:
        raise _Bad("bad_date", told)
    try:
        at = dt.datetime.combine(_date(day), _time(clock), zone)
        if clock is not None and clock[4]:
            at = dt.datetime.fromisoformat(f"{at.replace(tzinfo=None).isoformat()}{clock[4]}")
    except ValueError:
        raise _Bad("bad_date", told) from None
    return at.astimezone(dt.UTC), clock is not None


def _date(found: re.Match[str]) -> dt.date:
    day, month, year, iso_year, iso_month, iso_day = found.groups()
    if iso_year:
        return dt.date(int(iso_year), int(iso_month), int(iso_day))
    return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def _time(found: re.Match[str] | None) -> dt.time:
    return dt.time(int(found[1]), int(found[2]), int(found[3] or 0)) if found else dt.time(12)
