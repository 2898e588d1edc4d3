"""Whom of a campaign a person means, who names a contact by hand: one reading for calendars and for ordered calls."""

import re
from typing import NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.phones import read_phones
from oklik.dialing.rejections import sentence

_ROW = re.compile(r"#([0-9]{1,9})", re.ASCII)
_PERHAPS_A_ROW = re.compile(r"[0-9]{1,7}", re.ASCII)


class NoSuchContact(ValueError):
    """Nobody in the campaign is named so.  text: one line in "ru" and "en"; rejected: the code of a refused row."""

    def __init__(self, given: str, rejected: str | None = None, detail: str = "") -> None:
        self.given, self.rejected = given, rejected
        if rejected is None:
            self.text = {
                "ru": f"«{given}»: в кампании нет такой строки, телефона, ключа или договора",
                "en": f"{given!r}: the campaign has no such row, phone, key or contract",
            }
        else:
            self.text = {
                "ru": f"строка {given} в кампанию не вошла: {sentence(rejected, detail, 'ru')}",
                "en": f"row {given} is not in the campaign: {sentence(rejected, detail, 'en')}",
            }
        super().__init__(self.text["en"])


class Named(NamedTuple):
    """A contact of the campaign.  number: that of the row by which they were named, else ""."""

    target_id: int
    number: str


def named_contact(conn: Connection, campaign_id: int, given: str) -> Named:
    """Give the contact that is meant by a phone, the customer's key of the person, a contract, or a row of the list.

    What is a key or a contract of somebody is no row, for whoever orders a call would reach a stranger; `#17` is the
    row whatever the keys.  Of several contacts it is the one with that phone, and the first that is not done.
    Raises NoSuchContact.
    """
    if row := _ROW.fullmatch(given):
        return _of_row(conn, campaign_id, given, int(row[1]))
    numbers = read_phones(given).numbers
    number = numbers[0] if len(numbers) == 1 else ""
    found = run(
        conn,
        """WITH who AS (
               SELECT id FROM person WHERE key = :number OR own_key = :given
               UNION SELECT person_id FROM person_phone WHERE number = :number
           ), root AS (
               SELECT DISTINCT coalesce(person.same_as, person.id) AS id FROM who JOIN person USING (id)
           ), anyone AS (
               SELECT id FROM root UNION SELECT person.id FROM person JOIN root ON person.same_as = root.id
           ), meant AS (
               SELECT target.id, target.contact_id, target.state FROM anyone JOIN target ON target.person_id = anyone.id
               WHERE target.campaign_id = :campaign
               UNION
               SELECT t.id, t.contact_id, t.state FROM contact k
                   JOIN target t ON t.contact_id = k.id AND t.campaign_id = :campaign
               WHERE k.contract = :given OR k.roles IS NOT NULL AND k.phones @> ARRAY[CAST(:number AS text)]
           )
           SELECT meant.id, CAST(:number AS text) = ANY(k.phones) AS by_number
           FROM meant JOIN contact k ON k.id = meant.contact_id
           ORDER BY by_number DESC, meant.state = 'done', k.row_number LIMIT 1""",
        campaign=campaign_id,
        number=number,
        given=given,
    ).first()
    if found is not None:
        return Named(found.id, number if found.by_number else "")
    if _PERHAPS_A_ROW.fullmatch(given):
        return _of_row(conn, campaign_id, given, int(given))
    raise NoSuchContact(given)


def _of_row(conn: Connection, campaign_id: int, given: str, row: int) -> Named:
    found = run(
        conn,
        """SELECT t.id FROM campaign c JOIN contact k ON k.list_id = c.list_id AND k.row_number = :row
               JOIN target t ON t.contact_id = k.id AND t.campaign_id = c.id WHERE c.id = :campaign""",
        campaign=campaign_id,
        row=row,
    ).scalar()
    if found is not None:
        return Named(found, "")
    refused = run(
        conn,
        """SELECT r.code, r.detail FROM rejected_row r JOIN campaign c ON c.list_id = r.list_id
           WHERE c.id = :campaign AND r.row_number = :row""",
        campaign=campaign_id,
        row=row,
    ).first()
    raise NoSuchContact(given, *(refused or ()))
