# ruff: noqa: PLR0917  a command's options are its parameters; typer calls it by name
"""The commands.  Each parses its arguments, calls one function below, and turns errors into one line and an exit code.

Exit codes: 0 done, 1 something failed on the way, 2 the input or a setting is wrong.  Heavy modules are imported
inside the commands, so that `oklik --help` answers at once.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    help="Oklik: voice campaigns on FreeSWITCH, from an Excel list to an Excel report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenario_app = typer.Typer(help="Look at scenarios without calling anyone.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(scenario_app, name="scenario")
app.add_typer(db_app, name="db")

DONE, FAILED, BAD_INPUT = 0, 1, 2
UNREAD: Any = {"readable": False}  # typer would look for itself whether a file can be read, and say so in its own way


def _stop(message: str, code: int) -> NoReturn:
    print(f"oklik: {message}", file=sys.stderr)  # noqa: T201  the one line that says what is wrong
    raise typer.Exit(code)


@contextmanager
def _plain_errors(given: str | None = None) -> Iterator[None]:
    """Every error a person can cause or mend becomes one line, in the language given, configured, or Russian."""
    from oklik.failures import BadInput, Failure, from_library

    wanted = (given, os.environ.get("OKLIK_LANGUAGE"))
    language = next((one for one in wanted if one in ("ru", "en")), "ru")
    try:
        yield
    except KeyboardInterrupt:
        _stop(Failure("interrupted").text(language), FAILED)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        known = error if isinstance(error, BadInput | Failure) else from_library(error)
        if known is None:
            raise
        _stop(known.text(language), BAD_INPUT if isinstance(known, BadInput) else FAILED)


Scenario = Annotated[Path, typer.Argument(help="The scenario, YAML or JSON.", **UNREAD)]


@app.command()
def run(
    scenario: Scenario,
    contacts: Annotated[Path, typer.Argument(help="The list: xlsx, xls, ods or csv.", **UNREAD)],
    report: Annotated[Path, typer.Option(help="Where the Excel report goes.", **UNREAD)],
    switch: Annotated[
        str | None,
        typer.Option(
            help="esl://:PASSWORD@HOST:PORT of a FreeSWITCH (the password may be in OKLIK_SWITCH_PASSWORD). "
            "Without it the virtual switch is called."
        ),
    ] = None,
    dial_string: Annotated[
        str, typer.Option(help="How a number is dialed; {number} is +79161234567, {digits} and {national} other forms.")
    ] = "sofia/gateway/pstn/{number}",
    caller_id: Annotated[str | None, typer.Option(help="The number people see.")] = None,
    channels: Annotated[int, typer.Option(min=1, max=5000, help="Lines in use at a time, agents' included.")] = 10,
    cps: Annotated[float, typer.Option(min=0.1, max=500, help="New calls a second, in every rolling second.")] = 5.0,
    window: Annotated[
        str | None,
        typer.Option(
            help="HH:MM-HH:MM; narrows the legal hours. By the contact's clock where their zone is certain (a column, "
            "--zone, a landline), else by the office's (OKLIK_ZONE)."
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            help="Region of the list: UTC+5, МСК+2 or Asia/Omsk. For people whose zone no column and no number tells; "
            "without it a Russian mobile is called only when the law allows it in all of Russia."
        ),
    ] = None,
    max_minutes: Annotated[
        int, typer.Option(min=1, max=240, help="A call is hung up after so long, a talk with an agent too.")
    ] = 15,
    retry: Annotated[bool, typer.Option("--retry/--no-retry", help="Call again those who were not reached.")] = True,
    speed: Annotated[
        float | None, typer.Option(min=1, max=1000, help="Virtual switch: time runs so much faster.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Virtual switch: the same seed, the same people.")] = None,
    population: Annotated[
        Path | None, typer.Option(help="Virtual switch: what its people do (YAML).", **UNREAD)
    ] = None,
    agents: Annotated[
        list[str] | None, typer.Option(help="GROUP=DIALSTRING,DIALSTRING... in the order they are rung; repeatable.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of the list, if not the first with a header.")] = None,
    phone_column: Annotated[
        str | None, typer.Option(help="The header of the phone column, if it is not found.")
    ] = None,
    voices: Annotated[Path | None, typer.Option(help="Voices to speak with (see docs/voices.md).", **UNREAD)] = None,
    language: Annotated[str | None, typer.Option(help="Language of the messages and the report: ru or en.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object, last.")] = False,
) -> None:
    """Call everyone on a list with a scenario and write the Excel report."""
    with _plain_errors(language):
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
            retry=retry,
            speed=speed,
            seed=seed,
            population=population,
            agents=agents or [],
            sheet=sheet,
            phone_column=phone_column,
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


@app.command()
def up(
    speed: Annotated[float, typer.Option(min=1, max=1000, help="Virtual switch: time runs so much faster.")] = 1.0,
) -> None:
    """Start everything on this machine and stay: database, job worker, dialer, and a switch if none is configured."""
    with _plain_errors():
        from oklik.config import load_settings
        from oklik.display import open_display
        from oklik.service import serve

        with open_display() as display:
            serve(load_settings(), display, speed=speed)


@app.command("switch-conf")
def switch_conf(
    folder: Annotated[Path, typer.Argument(help="FreeSWITCH's configuration folder, e.g. /etc/freeswitch.")],
    gateway: Annotated[str, typer.Option(help="NAME=HOST[:PORT] of the carrier.")],
    sip_ip: Annotated[str, typer.Option(help="This machine's address for SIP and audio.")],
    ext_ip: Annotated[str | None, typer.Option(help="The address the carrier sees, behind NAT.")] = None,
    gateway_user: Annotated[str | None, typer.Option(help="Login at the carrier.")] = None,
    gateway_ping: Annotated[int, typer.Option(min=0, max=3600, help="Seconds between OPTIONS; 0 for none.")] = 0,
    register: Annotated[bool, typer.Option("--register", help="Register at the carrier.")] = False,
    sip_port: Annotated[int, typer.Option(min=1024, max=65535)] = 5080,
    event_socket_port: Annotated[int, typer.Option(min=1024, max=65535)] = 8021,
) -> None:
    """Write a FreeSWITCH configuration with a random password (the gateway's comes from OKLIK_GATEWAY_PASSWORD)."""
    with _plain_errors():
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.switch_conf import read_gateway, read_node, write

        node = read_node(
            sip_ip=sip_ip,
            rtp_ip=sip_ip,
            ext_ip=ext_ip or sip_ip,
            sip_port=sip_port,
            event_socket_port=event_socket_port,
        )
        carrier = read_gateway(
            gateway,
            user=gateway_user,
            password=os.environ.get("OKLIK_GATEWAY_PASSWORD"),
            register=register,
            ping=gateway_ping,
        )
        secret = write(folder, node, carrier)
        typer.echo(say("conf_written", load_settings().language, folder=folder, secret=secret))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's tables."""
    with _plain_errors():
        from oklik.config import load_settings
        from oklik.messages import say
        from oklik.wiring import open_database

        settings = load_settings()
        with open_database(settings) as database:
            typer.echo(say("revision", settings.language, where=database.shown, revision=database.revision()))


@scenario_app.command("check")
def scenario_check(
    files: Annotated[list[Path], typer.Argument(help="Scenarios, YAML or JSON.", **UNREAD)],
    language: Annotated[str | None, typer.Option(help="ru or en.")] = None,
) -> None:
    """Look for mistakes before the first call; exit code 2 when there are errors."""
    with _plain_errors(language):
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.scenario_commands import check_files

        said = language or load_settings().language
        if said not in ("ru", "en"):
            raise BadInput("language", given=said)
        errors = 0
        for line, is_error in check_files(files, said):
            typer.echo(line)
            errors += is_error
    raise typer.Exit(BAD_INPUT if errors else DONE)


@scenario_app.command("simulate")
def scenario_simulate(
    file: Scenario,
    contact: Annotated[str, typer.Option(help="The contact's fields as a JSON object.")] = "{}",
    keys: Annotated[
        str,
        typer.Option(
            help='Keys by question: "1 2# -"; - is silence, x hangs up, !talked !no_agent !failed end a transfer.'
        ),
    ] = "",
    today: Annotated[str | None, typer.Option(help="YYYY-MM-DD, the day of the call.")] = None,
    language: Annotated[str | None, typer.Option(help="One of the scenario's languages.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Go through a scenario without a phone: what is heard, what is pressed, where it leads."""
    with _plain_errors(language):
        from oklik.scenario_commands import simulate_file

        for line in simulate_file(file, contact=contact, keys=keys, today=today, language=language, as_json=as_json):
            typer.echo(line)


def main() -> None:
    """The entry point of the `oklik` command: wrong usage is one line and exit code 2 like every other bad input."""
    from typer.exceptions import Abort, TyperException

    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        code = BAD_INPUT
        _print_usage(error.format_message())
    except Abort:
        code = FAILED
    sys.exit(code or DONE)


def _print_usage(message: str) -> None:
    from oklik.messages import say

    language = "en" if os.environ.get("OKLIK_LANGUAGE") == "en" else "ru"
    detail = " ".join(message.split())
    if not detail or detail.startswith("Usage:"):
        return  # a command without arguments has shown its help
    print(f"oklik: {say('usage', language, detail=detail)}", file=sys.stderr)  # noqa: T201  the one line
