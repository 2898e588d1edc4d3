"""The whole examination, place by place, told as it goes."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from oklik.config import Settings
from oklik.doctor import database, machine, running, speech, switch
from oklik.doctor.finding import Finding, bad, note
from oklik.failures import first_line


def examine(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Give the findings as they are made.  now: by this machine's clock."""
    yield from machine.look(settings)
    with ExitStack() as stack:
        lines: list[switch.Line] = []
        try:
            connection = stack.enter_context(database.connected(settings))
        except database.NotThere as error:
            yield error.finding
        else:
            try:
                yield from database.look(settings, connection, now)
                if database.usable(connection):
                    lines = _lines(connection)
                    yield from running.look(connection, now)
                else:
                    yield note(running.PLACE, "not_looked")
            except SQLAlchemyError as error:
                yield bad(database.PLACE, "database_failed", why=first_line(getattr(error, "orig", None) or error))
        yield from switch.look(settings, lines, now)
    yield from speech.look(settings)


def _lines(connection: Connection) -> list[switch.Line]:
    """The shared trunks; those of single commands are theirs alone."""
    rows = connection.execute(
        text(
            """SELECT t.name, t.dial_string, t.channels, coalesce(g.codecs, '') AS codecs
               FROM trunk t LEFT JOIN trunk_gateway g ON g.trunk_id = t.id WHERE t.shared ORDER BY t.name"""
        )
    )
    return [
        switch.Line(
            name=row.name,
            dial_string=row.dial_string,
            channels=row.channels,
            codecs=tuple(one for one in row.codecs.split(",") if one),
        )
        for row in rows
    ]
