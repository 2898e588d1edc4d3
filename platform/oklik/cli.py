# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""The commands.  Each parses its arguments, calls one function below, and turns errors into one line and an exit code.

Exit codes: 0 done, 1 something failed on the way, 2 the input or a setting is wrong.  Heavy modules are imported
inside the commands, so that `oklik --help` answers at once.  What the help says is in `help_texts`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from oklik.commands import campaign_plan as _campaign_plan  # noqa: F401  puts its command into the group
from oklik.commands import campaign_why as _campaign_why  # noqa: F401  puts its commands into the group
from oklik.commands import readmit as _readmit  # noqa: F401  puts its command into the group
from oklik.commands.backup import add_to as add_backup
from oklik.commands.call import call_app
from oklik.commands.campaign import campaign_app
from oklik.commands.common import (
    BAD_INPUT,
    DONE,
    FAILED,
    UNREAD,
    PemFile,
    Tls,
    messages_language,
    plain_errors,
    spoken_settings,
    with_tls,
)
from oklik.commands.consent import consent_app
from oklik.commands.doctor import add_to as add_doctor
from oklik.commands.numbering import numbering_app
from oklik.commands.people import people_app
from oklik.commands.phone import phone_app
from oklik.commands.stoplist import stoplist_app
from oklik.commands.systemd import add_to as add_systemd
from oklik.commands.token import token_app
from oklik.commands.trunk import trunk_app
from oklik.commands.user import user_app
from oklik.commands.web import add_to as add_web
from oklik.usage import SpeakingCommand, SpeakingGroup, asked_language, chosen_language, speaking, wrong_usage

app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
scenario_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)
db_app = typer.Typer(cls=SpeakingGroup, no_args_is_help=True)
app.add_typer(scenario_app, name="scenario")
app.add_typer(db_app, name="db")
app.add_typer(campaign_app, name="campaign")
app.add_typer(numbering_app, name="numbering")
app.add_typer(people_app, name="people")
app.add_typer(stoplist_app, name="stoplist")
app.add_typer(consent_app, name="consent")
app.add_typer(token_app, name="token")
app.add_typer(trunk_app, name="trunk")
app.add_typer(call_app, name="call")
app.add_typer(phone_app, name="phone")
app.add_typer(user_app, name="user")

Scenario = Annotated[Path, typer.Argument(**UNREAD)]


@app.command(cls=SpeakingCommand)
def run(
    scenario: Scenario,
    contacts: Annotated[Path, typer.Argument(**UNREAD)],
    report: Annotated[Path, typer.Option(**UNREAD)],
    switch: Annotated[
        str | None,
        typer.Option(),
    ] = None,
    dial_string: Annotated[str, typer.Option()] = "sofia/gateway/pstn/{number}",
    caller_id: Annotated[str | None, typer.Option()] = None,
    channels: Annotated[int, typer.Option(min=1, max=5000)] = 10,
    cps: Annotated[float, typer.Option(min=0.1, max=500)] = 5.0,
    window: Annotated[
        str | None,
        typer.Option(),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(),
    ] = None,
    max_minutes: Annotated[int, typer.Option(min=1, max=240)] = 15,
    machines: Annotated[str | None, typer.Option()] = None,
    retry: Annotated[bool, typer.Option("--retry/--no-retry")] = True,
    retry_plan: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    return_scenario: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    record: Annotated[str, typer.Option()] = "off",
    record_name: Annotated[str | None, typer.Option()] = None,
    speed: Annotated[float | None, typer.Option(min=1, max=1000)] = None,
    seed: Annotated[int | None, typer.Option(min=0)] = None,
    population: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    agents: Annotated[list[str] | None, typer.Option()] = None,
    sheet: Annotated[str | None, typer.Option()] = None,
    phone_column: Annotated[str | None, typer.Option()] = None,
    person_column: Annotated[str | None, typer.Option()] = None,
    contract_column: Annotated[str | None, typer.Option()] = None,
    phone_role: Annotated[list[str] | None, typer.Option()] = None,
    third_persons: Annotated[bool, typer.Option("--third-persons")] = False,
    as_messages: Annotated[bool, typer.Option("--as-messages")] = False,
    voices: Annotated[Path | None, typer.Option(**UNREAD)] = None,
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Call everyone on a list with a scenario and write the Excel report."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.options import RunOptions

        settings = load_settings()
        options = RunOptions.checked(
            settings,
            scenario=scenario,
            contacts=contacts,
            report=report,
            switch=switch,
            dial_string=dial_string,
            caller_id=caller_id,
            channels=channels,
            cps=cps,
            window=window,
            zone=zone,
            max_minutes=max_minutes,
            machines=machines,
            retry=retry,
            retry_plan=retry_plan,
            return_scenario=return_scenario,
            record=record,
            record_name=record_name,
            speed=speed,
            seed=seed,
            population=population,
            agents=agents or [],
            sheet=sheet,
            phone_column=phone_column,
            person_column=person_column,
            contract_column=contract_column,
            phone_roles=phone_role or [],
            third_persons=third_persons,
            as_messages=as_messages,
            voices=voices,
            language=language,
        )
        # After the options: a slip of the pen is answered at once, this takes a second to load.
        from oklik.display import open_display
        from oklik.oneshot import run_campaign

        with open_display() as display:
            result = run_campaign(settings, options, display)
    if as_json:
        print(json.dumps(result.summary, ensure_ascii=False))  # noqa: T201  the promised last line
    raise typer.Exit(FAILED if result.failed else DONE)


@app.command(cls=SpeakingCommand)
def up(
    speed: Annotated[float, typer.Option(min=1, max=1000)] = 1.0,
    tls: Tls = False,
    certificate: PemFile = None,
    key: PemFile = None,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Start everything on this machine and stay: database, job worker, dialer, and a switch if none is configured."""
    with plain_errors(language):
        from oklik.display import open_display
        from oklik.service import serve

        with open_display() as display:
            serve(with_tls(spoken_settings(language), tls, certificate, key), display, speed=speed)


add_web(app)
add_doctor(app)
add_backup(app)
add_systemd(app)


@app.command("switch-conf", cls=SpeakingCommand)
def switch_conf(
    folder: Annotated[Path, typer.Argument()],
    gateway: Annotated[str, typer.Option()],
    sip_ip: Annotated[str, typer.Option()],
    ext_ip: Annotated[str | None, typer.Option()] = None,
    gateway_user: Annotated[str | None, typer.Option()] = None,
    gateway_ping: Annotated[int, typer.Option(min=0, max=3600)] = 0,
    register: Annotated[bool, typer.Option("--register")] = False,
    sip_port: Annotated[int, typer.Option(min=1024, max=65535)] = 5080,
    event_socket_port: Annotated[int, typer.Option(min=1024, max=65535)] = 8021,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Write a FreeSWITCH configuration with a random password (the gateway's comes from OKLIK_GATEWAY_PASSWORD)."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.switch_conf import read_gateway, read_node, write

        said = messages_language(language)
        node = read_node(
            sip_ip=sip_ip,
            rtp_ip=sip_ip,
            ext_ip=ext_ip or sip_ip,
            sip_port=sip_port,
            event_socket_port=event_socket_port,
            language=load_settings().language,
        )
        carrier = read_gateway(
            gateway,
            user=gateway_user,
            password=os.environ.get("OKLIK_GATEWAY_PASSWORD"),
            register=register,
            ping=gateway_ping,
        )
        secret = write(folder, node, carrier)
        typer.echo(say("conf_written", said, folder=folder, secret=secret))


@db_app.command("upgrade", cls=SpeakingCommand)
def db_upgrade(language: Annotated[str | None, typer.Option()] = None) -> None:
    """Bring the database to this version's tables."""
    with plain_errors(language):
        from oklik.messages import say
        from oklik.wiring import open_database

        settings = spoken_settings(language)
        with open_database(settings) as database:
            typer.echo(say("revision", settings.language, where=database.shown, revision=database.revision()))


@scenario_app.command("check", cls=SpeakingCommand)
def scenario_check(
    files: Annotated[list[Path], typer.Argument(**UNREAD)],
    longest: Annotated[float, typer.Option(min=1, max=600)] = 30.0,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Look for mistakes before the first call; exit code 2 when there are errors."""
    with plain_errors(language):
        from oklik.config import load_settings
        from oklik.installation import recorded_here
        from oklik.messages import say
        from oklik.scenario_commands import any_recordings, check_files
        from oklik.wiring import recorded_prompts

        settings, said = load_settings(), messages_language(language)
        folder = None if settings.recordings is None else recorded_prompts(settings.recordings)
        wants = any_recordings(files)  # else the database need not be asked, which takes its time
        recorded = recorded_here(settings, folder) if wants else folder
        errors = 0
        for line, is_error in check_files(files, said, longest, recorded):
            typer.echo(line)
            errors += is_error
        if wants and recorded is None:
            typer.echo(say("recordings_unchecked", said))
    raise typer.Exit(BAD_INPUT if errors else DONE)


@scenario_app.command("simulate", cls=SpeakingCommand)
def scenario_simulate(
    file: Scenario,
    contact: Annotated[str, typer.Option()] = "{}",
    keys: Annotated[str, typer.Option()] = "",
    today: Annotated[str | None, typer.Option()] = None,
    time: Annotated[str | None, typer.Option()] = None,
    who: Annotated[str, typer.Option()] = "",
    language: Annotated[str | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    save: Annotated[str | None, typer.Option()] = None,
    update: Annotated[bool, typer.Option("--update")] = False,
) -> None:
    """Go through a scenario without a phone: what is heard, what is pressed, where it leads."""
    with plain_errors(language):
        from oklik.failures import BadInput
        from oklik.golden_commands import place_for, save_run
        from oklik.scenario_commands import simulate_file

        if save is not None:
            place_for(file, save, update=update)
        elif update:
            raise BadInput("golden_bare")
        lines = simulate_file(
            file,
            contact=contact,
            keys=keys,
            today=today,
            time=time,
            who=who,
            language=language,
            said=chosen_language(language),
            as_json=as_json,
        )
        for line in lines:
            typer.echo(line)
        if save is not None:
            said = chosen_language(language)
            kept = save_run(
                file,
                name=save,
                contact=contact,
                keys=keys,
                today=today,
                time=time,
                who=who,
                language=language,
                said=said,
            )
            typer.echo(kept, err=True)


@scenario_app.command("golden", cls=SpeakingCommand)
def scenario_golden(
    files: Annotated[list[Path], typer.Argument(**UNREAD)],
    update: Annotated[bool, typer.Option("--update")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Replay the golden runs beside scenarios; exit code 1 when one goes otherwise than it is written."""
    with plain_errors(language):
        from oklik.golden_commands import replay_files

        code = DONE
        for line, ended in replay_files(files, messages_language(language), update=update):
            typer.echo(line)
            code = max(code, ended)
    raise typer.Exit(code)


@scenario_app.command("diff", cls=SpeakingCommand)
def scenario_diff(
    old: Annotated[Path, typer.Argument(**UNREAD)],
    new: Annotated[Path, typer.Argument(**UNREAD)],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Say what changed between two versions of a scenario; exit code 1 when anything did."""
    with plain_errors(language):
        from oklik.version_commands import diff_files

        lines, differ = diff_files(old, new, messages_language(language), as_json=as_json)
        for line in lines:
            typer.echo(line)
    raise typer.Exit(FAILED if differ else DONE)


@scenario_app.command("translations", cls=SpeakingCommand)
def scenario_translations(
    file: Scenario,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Show what is translated into each language of a scenario, and what is missing."""
    with plain_errors(language):
        from oklik.version_commands import translation_lines

        for line in translation_lines(file, messages_language(language), as_json=as_json):
            typer.echo(line)


@scenario_app.command("explore", cls=SpeakingCommand)
def scenario_explore(
    files: Annotated[list[Path], typer.Argument(**UNREAD)],
    contact: Annotated[str | None, typer.Option()] = None,
    today: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
    seconds: Annotated[float, typer.Option(min=0.1)] = 20.0,
    states: Annotated[int, typer.Option(min=1, max=1_000_000)] = 20_000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Walk all calls a scenario allows; exit code 1 when something is found."""
    with plain_errors(language):
        from oklik.scenario_commands import explore_files

        found = False
        for line, bad in explore_files(
            files,
            contact=contact,
            today=today,
            language=language,
            seconds=seconds,
            states=states,
            said=chosen_language(language),
            as_json=as_json,
        ):
            typer.echo(line)
            found = found or bad
    raise typer.Exit(FAILED if found else DONE)


def _show_version(wanted: bool) -> None:
    if wanted:
        from oklik import __version__

        typer.echo(f"oklik {__version__}")
        raise typer.Exit


@app.callback()
def everything(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,  # noqa: ARG001  told by its callback
    language: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Whatever the command is."""
    if language is not None:
        with plain_errors():
            messages_language(language)
        os.environ["OKLIK_LANGUAGE"] = language  # as if it had been set, for the processes that are started too


def main() -> None:
    """The entry point of the `oklik` command: wrong usage is one line and exit code 2 like every other bad input."""
    language = asked_language(sys.argv[1:])
    try:
        code = speaking(app, language)(standalone_mode=False)
    except TyperException as error:
        code = BAD_INPUT
        if line := wrong_usage(error, language):
            print(f"oklik: {line}", file=sys.stderr)  # noqa: T201  the one line
    except Abort:
        code = FAILED
    sys.exit(code or DONE)
