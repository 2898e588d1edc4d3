"""Which campaign, project or person a request means; what is not there is a Problem that names the field."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import Field
from sqlalchemy import Connection

from oklik.campaigns import commands
from oklik.campaigns.persons import People, find_people, keys_of, seen_at
from oklik.campaigns.projects import NoSuchProject, check_open, find_project, put_project
from oklik_web.problems import Problem
from oklik_web.shapes import Body, Number, Words, number_of
from oklik_web.words import said

Project = Annotated[Words | None, Field(description="A project's name; may be left out where there is only one")]

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""For what is read by several statements and has to be of one moment."""


class PersonIn(Body):
    """Somebody: by the customer's key, or by a number.  project: whose key it is."""

    key: Words | None = None
    number: Number | None = None
    project: Project = None


class Person(NamedTuple):
    """One human being, by what they were asked for, and the number if it was one."""

    people: People
    asked: str
    number: str


def check_campaign(conn: Connection, campaign_id: int, *, field: str = "") -> str:
    """Give the state of a campaign.  Raises Problem: 404, or 422 where a field of the body names it."""
    state = commands.state_of(conn, campaign_id)
    if state is None:
        raise Problem(422 if field else 404, said("no_campaign", id=campaign_id), field=field)
    return state


def project_of(conn: Connection, given: str | None, *, make: bool = False) -> int:
    """Give the project of this name, or the only one.

    make: something new goes there, so it must not be archived, and where there is none, the usual one is made.  Raises
    Problem, ProjectRefused.
    """
    try:
        found = put_project(conn, None) if make and given is None else find_project(conn, given)
        if make:
            check_open(conn, found)
        return found
    except NoSuchProject as error:
        told = said("no_project", given=error.given or "—", known=", ".join(error.known) or "—")
        raise Problem(422, told, field="project") from None


def exactly_one(given: Mapping[str, str | None], field: str = "") -> None:
    """Make sure that one of these fields is filled and no other.  Raises Problem."""
    if sum(bool(value) for value in given.values()) != 1:
        first = next(iter(given))
        told = said("one_of", names=", ".join(given))
        raise Problem(422, told, field=f"{field}.{first}" if field else first)


def person_of(conn: Connection, wanted: PersonIn) -> Person:
    """Find the one human being who is meant.  Raises Problem."""
    exactly_one({"key": wanted.key, "number": wanted.number})
    project = None if wanted.project is None else project_of(conn, wanted.project)
    asked = number = number_of(wanted.number, "number") if wanted.number else ""
    if wanted.key:
        asked, found = wanted.key, find_people(conn, key=wanted.key, project_id=project)
    else:
        found = find_people(conn, number=number) or seen_at(conn, number)
    if not found:
        raise Problem(404, said("nobody", who=asked))
    if len(found) > 1:
        known = "; ".join(keys_of(conn, one) for one in found)
        raise Problem(409, said("several_people", who=asked, known=known))
    return Person(found[0], asked, number)
