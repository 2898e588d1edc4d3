"""Phones for tests: those of our own people, on which campaigns and trunks may be tried.

Whoever works in the office may propose one; it rings only once somebody with the right to has confirmed it.
"""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import tester_phones
from oklik.campaigns.tester_phones import NamedPhone, NoSuchPhone
from oklik.campaigns.tokens import Scope
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.sentences import sentence
from oklik_web.access import allowed, asker
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import E164, Body, Moment, Number, OneNumber, number_of
from oklik_web.words import said

blueprint = APIBlueprint("phones", __name__, url_prefix="/phones")


class TesterPhoneIn(Body):
    """A phone and whose it is."""

    number: Number
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Анна Петрова"])]


class TesterPhoneOut(BaseModel):
    """A phone for tests.  confirmed_by, confirmed_at: who has confirmed it; null: it is proposed and does not ring."""

    number: E164
    name: str
    added_by: str
    added_at: Moment
    confirmed_by: str | None
    confirmed_at: Moment | None


class TesterPhonesOut(BaseModel):
    """All of them, by name."""

    phones: list[TesterPhoneOut]


class TesterPhoneGoneOut(BaseModel):
    """It rings for no test any more."""

    number: E164


@blueprint.get("")
@allowed(Scope.PHONES_READ)
@blueprint.output(TesterPhonesOut)
def phones() -> TesterPhonesOut:
    """List the phones for tests."""
    with running().engine.connect() as conn:
        return TesterPhonesOut(phones=[_told(one) for one in tester_phones.all_phones(conn)])


@blueprint.post("/add")
@allowed(Scope.PHONES_WRITE)
@blueprint.input(TesterPhoneIn)
@blueprint.output(TesterPhoneOut)
@changing
def add(change: Change, json_data: TesterPhoneIn) -> TesterPhoneOut:
    """Propose a phone; it is confirmed at once where whoever asks may confirm."""
    return _told(added(change, number_of(json_data.number, "number"), json_data.name))


@blueprint.post("/confirm")
@allowed(Scope.PHONES_CONFIRM)
@blueprint.input(OneNumber)
@blueprint.output(TesterPhoneOut)
@changing
def confirm(change: Change, json_data: OneNumber) -> TesterPhoneOut:
    """Confirm a phone: from now on tests may ring it."""
    return _told(confirmed(change, number_of(json_data.number, "number")))


@blueprint.post("/remove")
@allowed(Scope.PHONES_WRITE)
@blueprint.input(OneNumber)
@blueprint.output(TesterPhoneGoneOut)
@changing
def remove(change: Change, json_data: OneNumber) -> TesterPhoneGoneOut:
    """Take a phone out; one that is confirmed, and was proposed by somebody else, only by who may confirm."""
    number = number_of(json_data.number, "number")
    removed(change, number)
    return TesterPhoneGoneOut(number=number)


# -- what pages do, too -----------------------------------------------------------------------------------------


def added(change: Change, number: str, name: str) -> NamedPhone:
    """Keep a phone.  number: E.164.  Raises Problem."""
    if refused := parse_destinations(running().settings.destinations).refuses(number):
        raise Problem(422, {code: sentence(*refused, code) for code in ("ru", "en")}, field="number")
    vouches = Scope.PHONES_CONFIRM in asker().scopes
    known = {one.number: one for one in tester_phones.all_phones(change.conn)}
    if not vouches and number in known and known[number].confirmed:
        raise Problem(409, said("tester_phone_kept", number=number), field="number")
    who, now = change.actor.who, change.now
    phone = NamedPhone(number, name, who, now, who if vouches else None, now if vouches else None)
    tester_phones.add_phone(change.conn, phone)
    change.note("phone.add", number, {"name": name, "confirmed": vouches})
    return tester_phones.get_phone(change.conn, number)


def confirmed(change: Change, number: str) -> NamedPhone:
    """Confirm a phone.  Raises Problem."""
    try:
        found = tester_phones.confirm_phone(change.conn, number, change.actor.who, change.now)
    except NoSuchPhone:
        raise Problem(404, said("no_tester_phone", number=number)) from None
    change.note("phone.confirm", number, {"name": found.name})
    return found


def removed(change: Change, number: str) -> None:
    """Take a phone out.  Raises Problem."""
    try:
        found = tester_phones.get_phone(change.conn, number)
    except NoSuchPhone:
        raise Problem(404, said("no_tester_phone", number=number)) from None
    if found.confirmed and found.added_by != change.actor.who and Scope.PHONES_CONFIRM not in asker().scopes:
        raise Problem(403, said("tester_phone_kept", number=number))
    tester_phones.remove_phone(change.conn, number)
    change.note("phone.remove", number, {"name": found.name})


def _told(phone: NamedPhone) -> TesterPhoneOut:
    return TesterPhoneOut(**{name: getattr(phone, name) for name in TesterPhoneOut.model_fields})
