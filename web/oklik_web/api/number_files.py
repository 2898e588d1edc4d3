"""Files of consents and of numbers for the stop list: looked at, taken, their bad rows given back.

Nothing of a file is kept between these requests: whoever looks at it first sends it again to have it taken.
"""

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from oklik.campaigns import consent_pages
from oklik.campaigns.number_files import Defaults, Looked, Wrong, look_at_numbers, read_moment
from oklik.campaigns.tokens import Scope
from oklik.reports.rejected_rows import write_wrong
from oklik_web.access import allowed
from oklik_web.api.consents import TEXT_CHARACTERS
from oklik_web.changing import Change, changing
from oklik_web.excel_answer import EXCEL_FILE, excel_answer
from oklik_web.list_problems import handle
from oklik_web.running import running
from oklik_web.shapes import E164, Moment
from oklik_web.uploads import Sent, sent_file, takes_file
from oklik_web.words import in_language, language

blueprint = APIBlueprint("number_files", __name__)
handle(blueprint)

MOST_WRONG = 1_000  # rows with faults that an answer names; the file of them has all
_SAID = {
    "purpose": "What calls the consents are to, for rows that do not say it",
    "source": "Where they were given, for rows that do not say it",
    "version": "The text's version, for rows that do not say it",
    "text": "The text itself, for rows that do not say it",
    "at": "When they were given, as 05.03.2025 14:30 or ISO 8601, for rows that do not say it",
}


class FileConsentOut(BaseModel):
    """What a row's consent is."""

    purpose: str
    source: str
    text_version: str
    has_text: bool
    given_at: Moment


class FileRowOut(BaseModel):
    """A row.  taken: something of it is; why: what is wrong; consent: None in a file of numbers."""

    row: int
    taken: bool
    numbers: list[E164]
    cells: dict[str, str]
    why: list[str]
    consent: FileConsentOut | None


class FileLookOut(BaseModel):
    """A file before it is taken.  rows: the first twenty; taken: numbers or consents; wrong: rows with faults."""

    columns: list[str]
    rows: list[FileRowOut]
    taken: int
    wrong: int


class FileWrongOut(BaseModel):
    """A row that was not taken, and why."""

    row: int
    why: str


class ConsentFileOut(BaseModel):
    """added: new consents; known: kept already; returned: contacts that may be called now.

    over: contacts whose campaign is over; wrong: rows that were not taken, the first thousand.
    """

    added: int
    known: int
    returned: int
    over: int
    wrong: list[FileWrongOut]


@blueprint.post("/consents/preview")
@takes_file(**_SAID)
@allowed(Scope.CONSENTS_WRITE)
@blueprint.output(FileLookOut)
def consents_preview() -> FileLookOut:
    """Tell what would come of a file of consents; nothing is kept."""
    with sent_file() as sent:
        return look_out(_consents(sent))


@blueprint.post("/consents/import")
@takes_file(**_SAID)
@allowed(Scope.CONSENTS_WRITE)
@blueprint.output(ConsentFileOut)
def consents_import() -> Any:
    """Keep the consents of a file; rows that cannot be read are named, the others are kept."""
    with sent_file() as sent:
        return _kept(sent=sent)


@blueprint.post("/consents/wrong.xlsx")
@takes_file(**_SAID)
@allowed(Scope.CONSENTS_WRITE)
@blueprint.doc(responses=EXCEL_FILE)
def consents_wrong() -> Response:
    """Give the rows of a file of consents that cannot be taken, with their reasons: mend them and import them."""
    with sent_file() as sent:
        found = _consents(sent)
        return wrong_file(found.columns, found.wrong)


@blueprint.post("/stop-list/preview")
@takes_file()
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.output(FileLookOut)
def numbers_preview() -> FileLookOut:
    """Tell what would come of a file of numbers for the stop list; nothing is changed."""
    with sent_file() as sent:
        return look_out(look_at_numbers(sent.path))


@blueprint.post("/stop-list/wrong.xlsx")
@takes_file()
@allowed(Scope.STOP_LIST_WRITE)
@blueprint.doc(responses=EXCEL_FILE)
def numbers_wrong() -> Response:
    """Give the rows of a file of numbers that cannot be taken, with their reasons."""
    with sent_file() as sent:
        found = look_at_numbers(sent.path)
        return wrong_file(found.columns, found.wrong)


@changing
def _kept(change: Change, sent: Sent) -> ConsentFileOut:
    done = consent_pages.put_file(
        change.conn,
        sent.path,
        sent.name,
        _defaults(),
        change.actor.who,
        zone=running().settings.zone,
        now=change.now,
    )
    counts = {"added": done.added, "known": done.known}
    change.note("consents.import", sent.name, {**counts, "wrong": len(done.wrong), "sha256": sent.digest})
    wrong = [FileWrongOut(row=one.row, why=in_language(one.text)) for one in done.wrong[:MOST_WRONG]]
    return ConsentFileOut(**counts, returned=done.returned.back, over=done.returned.over, wrong=wrong)


def _consents(sent: Sent) -> Looked:
    app = running()
    return consent_pages.look_at_file(sent.path, sent.name, _defaults(), zone=app.settings.zone, now=app.clock.now())


def _defaults() -> Defaults:
    """What the form says of the rows.  Raises ConsentRefused."""
    purpose, source, version, at = (_line(name) for name in ("purpose", "source", "version", "at"))
    return consent_pages.defaults_of(
        purpose=purpose,
        source=source,
        version=version[:100],
        text=request.form.get("text", "").replace("\0", "").strip()[:TEXT_CHARACTERS],
        given_at=read_moment(at, running().settings.zone) if at else None,
    )


def _line(name: str) -> str:
    return " ".join(request.form.get(name, "").replace("\0", "").split())[:300]


def look_out(found: Looked) -> FileLookOut:
    """A look with its sentences in the language of the answer."""
    rows = [
        FileRowOut(
            row=one.row,
            taken=bool(one.numbers),
            numbers=list(one.numbers),
            cells=one.cells,
            why=[in_language(text) for text in one.why],
            consent=one.consent
            and FileConsentOut(
                purpose=one.consent.purpose,
                source=one.consent.source,
                text_version=one.consent.text_version,
                has_text=one.consent.text is not None,
                given_at=one.consent.given_at,
            ),
        )
        for one in found.rows
    ]
    return FileLookOut(columns=list(found.columns), rows=rows, taken=found.taken, wrong=len(found.wrong))


def wrong_file(columns: Sequence[str], wrong: Sequence[Wrong]) -> Response:
    """The file of rows with faults."""
    return excel_answer("bad-rows.xlsx", lambda path: write_wrong(columns, wrong, path, language=language()))
