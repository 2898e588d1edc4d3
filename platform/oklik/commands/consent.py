# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""`oklik consent`: who agreed to be called for what, and the proof of it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from oklik.commands.common import DONE, FAILED, UNREAD, actor, messages_language, plain_errors, tell_all, tell_returned
from oklik.usage import SpeakingCommand, SpeakingGroup

if TYPE_CHECKING:
    import datetime as dt

    from oklik.campaigns.audit import Actor
    from oklik.config import Settings

consent_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)

Number = Annotated[str, typer.Argument()]
Source = Annotated[str, typer.Option()]
Language = Annotated[str | None, typer.Option()]
AsJson = Annotated[bool, typer.Option("--json")]
Text = Annotated[str | None, typer.Option()]
TextFile = Annotated[Path | None, typer.Option(**UNREAD)]


def _text(path: Path | None) -> str | None:
    """The text of a consent from its file.  Raises BadInput."""
    from oklik.failures import BadInput, check_file

    if path is None:
        return None
    check_file(path, "--text-file")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("text_not_utf8", path=path) from None


class _OfNumber(NamedTuple):
    """What `add` and `revoke` have in common, read.  at: None for now; purpose: its code, None for all."""

    number: str
    purpose: str | None
    at: "dt.datetime | None"
    settings: "Settings"
    now: "dt.datetime"
    who: "Actor"

    @classmethod
    def read(cls, number: str, purpose: str | None, at: str | None) -> "_OfNumber":
        """Read what was typed.  Raises NotOneNumber, ConsentRefused."""
        from oklik.campaigns.number_files import purpose_code, read_moment
        from oklik.campaigns.numbers import one_number
        from oklik.clock import SystemClock
        from oklik.config import load_settings

        settings = load_settings()
        return cls(
            number=one_number(number),
            purpose=purpose_code(purpose) if purpose else None,
            at=read_moment(at, settings.zone) if at else None,
            settings=settings,
            now=SystemClock().now(),
            who=actor(),
        )


@consent_app.command("add", cls=SpeakingCommand)
def add(
    number: Number,
    purpose: Annotated[str, typer.Option()],
    source: Source,
    at: Text = None,
    person: Text = None,
    version: Text = None,
    text_file: TextFile = None,
    language: Language = None,
) -> None:
    """Keep a consent: to which calls, where it was given, to which text, when, and who wrote it down."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.consents import Given
        from oklik.campaigns.consents import add as keep
        from oklik.messages import say
        from oklik.wiring import open_database

        said, of = messages_language(language), _OfNumber.read(number, purpose, at)
        given = Given(
            number=of.number,
            purpose=of.purpose or purpose,
            source=source,
            given_at=of.at or of.now,
            text_version=version or "",
            text=_text(text_file),
            person_key=person,
        )
        with open_database(of.settings) as database, database.engine.begin() as conn:
            done = keep(conn, [given], recorded_by=of.who.who, now=of.now)
            details = {"purpose": given.purpose, "source": source, "version": version, "given_at": given.given_at}
            note(conn, of.who, "consents.add", given.number, {**details, "added": done.added}, of.now)
        typer.echo(say("consent_added" if done.added else "consent_known", said, number=given.number))
        tell_returned(done.returned, said)


@consent_app.command("revoke", cls=SpeakingCommand)
def revoke(
    number: Number,
    source: Source,
    purpose: Text = None,
    at: Text = None,
    person: Text = None,
    language: Language = None,
) -> None:
    """Take consents back: calls that need them stop at once, in every campaign."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.consents import revoke as take_back
        from oklik.messages import say
        from oklik.wiring import open_database

        said, of = messages_language(language), _OfNumber.read(number, purpose, at)
        how = {"source": source, "recorded_by": of.who.who, "now": of.now}
        with open_database(of.settings) as database, database.engine.begin() as conn:
            gone = take_back(conn, of.number, **how, purpose=of.purpose, person_key=person, at=of.at)  # type: ignore[arg-type]
            details = {"source": source, "purposes": [one.purpose for one in gone]}
            note(conn, of.who, "consents.revoke", of.number, details, of.now)
        typer.echo(say("consent_revoked", said, number=of.number, n=len(gone)))


@consent_app.command("import", cls=SpeakingCommand)
def import_file(
    file: Annotated[Path, typer.Argument(**UNREAD)],
    purpose: Text = None,
    source: Text = None,
    version: Text = None,
    text_file: TextFile = None,
    at: Text = None,
    sheet: Text = None,
    phone_column: Text = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Keep the consents of a file; columns of purpose, source, version, text and date go before the options."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.consents import add as keep
        from oklik.campaigns.number_files import Defaults, purpose_code, read_consents, read_moment
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        said, settings = messages_language(language), load_settings()
        now, who = SystemClock().now(), actor()
        defaults = Defaults(
            purpose=purpose_code(purpose) if purpose else None,
            source=source,
            text_version=version,
            text=_text(text_file),
            given_at=read_moment(at, settings.zone) if at else None,
        )
        how = {"zone": settings.zone, "now": now, "sheet": sheet, "phone_column": phone_column}
        given, wrong = read_consents(file, defaults, **how)  # type: ignore[arg-type]
        with open_database(settings) as database, database.engine.begin() as conn:
            done = keep(conn, given, recorded_by=who.who, now=now)
            counts = {"added": done.added, "known": done.known}
            note(conn, who, "consents.import", file.name, {**counts, "wrong": len(wrong)}, now)
        if as_json:
            told = [{"row": one.row, "why": one.text[said]} for one in wrong]
            back = {"returned": done.returned.back, "over": done.returned.over}
            typer.echo(json.dumps({**counts, **back, "wrong": told}, ensure_ascii=False))
        else:
            typer.echo(say("consents_imported", said, **counts))
            tell_returned(done.returned, said)
            for one in wrong:
                typer.echo(say("row_wrong", said, row=one.row, why=one.text))
    raise typer.Exit(FAILED if wrong else DONE)


@consent_app.command("look", cls=SpeakingCommand)
def look(number: Number, language: Language = None, as_json: AsJson = False) -> None:
    """Show the consents of a number, those taken back among them."""
    with plain_errors(language):
        import msgspec

        from oklik.campaigns.consents import Kept, of_number
        from oklik.campaigns.numbers import one_number
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.dialing.zones import tzinfo
        from oklik.messages import say
        from oklik.reports.proof_sheet import purpose_of
        from oklik.wiring import open_database

        said, settings, wanted = messages_language(language), load_settings(), one_number(number)
        with open_database(settings) as database, database.engine.connect() as conn:
            found = of_number(conn, wanted)
        zone, now = tzinfo(settings.zone), SystemClock().now()

        def line(one: Kept) -> str:
            told = {"purpose": purpose_of(one.purpose, said), "source": one.source, "version": one.text_version}
            given = one.given_at.astimezone(zone).strftime("%d.%m.%Y %H:%M")
            gone = one.revoked_at.astimezone(zone).strftime("%d.%m.%Y %H:%M") if one.revoked_at else ""
            key = "consent_holds" if one.holds(now) else "consent_gone" if gone else "consent_later"
            return say(key, said, **told, given=given, gone=gone)

        tell_all(found, line, msgspec.to_builtins, say("consents_none", said, number=wanted), as_json=as_json)


@consent_app.command("proof", cls=SpeakingCommand)
def proof(
    number: Number,
    report: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Write the proof sheet of a number: consents with their texts, the stop list, every call and every refusal."""
    with plain_errors(language):
        from oklik.campaigns.numbers import one_number
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.report_place import check_report
        from oklik.reports.proof import read_proof
        from oklik.reports.proof_sheet import write_proof
        from oklik.wiring import open_database

        said, settings, wanted = messages_language(language), load_settings(), one_number(number)
        if report is None and not as_json:
            raise BadInput("option_missing", name="--report")
        if report is not None:
            check_report(report, ())
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            open_database(settings) as database,
            database.engine.connect().execution_options(**snapshot) as conn,
        ):
            found = read_proof(conn, wanted, SystemClock().now())
        if report is not None:
            write_proof(found, report, zone=settings.zone, language=said)
        if as_json:
            typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
        else:
            typer.echo(say("proof_written", said, path=report))
