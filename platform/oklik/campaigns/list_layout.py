"""What the columns of a list are: the user's own, those of phones and zones, those that tell people apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.lists.headers import is_contract, is_person_key, role_of
from oklik.campaigns.lists.layout import is_phone_header
from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import Role


class NoSuchList(LookupError):
    """There is no list of this id, or it was deleted."""


class ListLayout(msgspec.Struct, frozen=True):
    """A list's columns in order; phones: those of phones and whose they are, the person's own first.

    zones: columns that tell the time there; keys: those that tell persons and contracts apart.  added: those that
    people have added here.  contacts: how many the list had after its last import, None where nobody counted.
    """

    list_id: int
    project_id: int
    name: str
    columns: tuple[str, ...]
    phones: dict[str, Role]
    zones: tuple[str, ...]
    keys: tuple[str, ...]
    added: tuple[str, ...]
    contacts: int | None

    def use_of(self, column: str) -> str:
        """Give what a column is for: phone, zone, key or plain."""
        for use, names in (("phone", self.phones), ("zone", self.zones), ("key", self.keys)):
            if column in names:
                return use
        return "plain"


def layout_of(conn: Connection, list_id: int, *, lock: bool = False) -> ListLayout:
    """Give the layout of a list; lock: nobody else changes it until the transaction ends.  Raises NoSuchList."""
    found = run(
        conn,
        f"""SELECT id, project_id, name, columns, layout FROM contact_list
            WHERE id = :id AND deleted_at IS NULL {"FOR UPDATE" if lock else ""}""",  # noqa: S608  constants
        id=list_id,
    ).one_or_none()
    if found is None:
        raise NoSuchList(f"there is no list {list_id}")
    columns = tuple(map(str, found.columns))
    told: Mapping[str, Any] = found.layout or {}
    known = told if "phones" in told else _guessed(columns)
    others = {str(name): Role(role) for name, role in known["others"].items()}
    own = {str(name): Role.OWN for name in known["phones"] if name not in others}
    return ListLayout(
        list_id=found.id,
        project_id=found.project_id,
        name=found.name,
        columns=columns,
        phones={**own, **others},
        zones=tuple(known["zones"]),
        keys=tuple(name for name in (known["person"], known["contract"]) if name),
        added=tuple(told.get("added", ())),
        contacts=told.get("contacts"),
    )


def _guessed(columns: Sequence[str]) -> dict[str, Any]:
    """Of a list that an older version has imported: what its headers say."""
    phones = {name: role_of(name) for name in columns if is_phone_header(name)}
    return {
        "phones": [name for name, role in phones.items() if role is Role.OWN],
        "others": {name: str(role) for name, role in phones.items() if role is not Role.OWN},
        "zones": [],
        "person": next((name for name in columns if is_person_key(name)), None),
        "contract": next((name for name in columns if is_contract(name)), None),
    }
