"""`oklik people readmit`: the mark of bankruptcy is taken back."""

from typing import Annotated

import typer

from oklik.commands.common import actor, messages_language, plain_errors, tell_returned
from oklik.commands.people import Language, Project, one_person, people_app
from oklik.usage import SpeakingCommand


@people_app.command("readmit", cls=SpeakingCommand)
def people_readmit(
    who: Annotated[str, typer.Argument()],
    reason: Annotated[str, typer.Option()],
    project: Project = None,
    language: Language = None,
) -> None:
    """Let somebody be called again who was taken out as bankrupt; who did it, when and why is kept."""
    with plain_errors(language):
        from oklik.campaigns.audit import note
        from oklik.campaigns.exclusions import NotExcluded, take_back
        from oklik.campaigns.projects import find_project
        from oklik.clock import SystemClock
        from oklik.config import load_settings
        from oklik.failures import BadInput
        from oklik.messages import say
        from oklik.wiring import open_database

        said = messages_language(language)
        if not reason.strip():
            raise BadInput("reason_missing")
        now, by = SystemClock().now(), actor()
        with open_database(load_settings()) as database, database.engine.begin() as conn:
            project_id = None if project is None else find_project(conn, project)
            people, _ = one_person(conn, who, project)
            try:
                returned = take_back(conn, people, now, project_id=project_id, by=by.who, why=reason.strip())
            except NotExcluded:
                raise BadInput("not_excluded", who=who) from None
            note(conn, by, "people.readmit", who, {"reason": reason, "returned": returned.back}, now)
        typer.echo(say("readmitted", said, who=who))
        tell_returned(returned, said)
