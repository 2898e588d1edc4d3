"""Everything that can go wrong as problem JSON (RFC 9457): a title, one clear sentence, nothing of our insides."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, json, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from oklik.campaigns.consents import ConsentRefused
from oklik.campaigns.meanwhile import ChangedMeanwhile
from oklik.campaigns.numbers import NotOneNumber
from oklik.campaigns.projects import ProjectRefused
from oklik.campaigns.tokens import TokenRefused
from oklik.campaigns.trunks import NoSuchTrunk, TrunkBusy, TrunkRefused
from oklik.campaigns.users import NoSuchUser, UserRefused
from oklik.campaigns.versions import VersionUnreadable
from oklik.scenario.faults import sentence
from oklik_web.error_page import error_page
from oklik_web.words import in_language, is_api, language, said, title

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


class FieldFault(BaseModel):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemOut(BaseModel):
    """Why a request was not carried out."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] | None = None


class Problem(Exception):
    """A request that is not carried out.  text: one sentence in "ru" and "en"; field: the one that is to blame.

    more: JSON values that stand in the answer besides, by name.
    """

    def __init__(
        self,
        status: int,
        text: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        field: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.status, self.text, self.headers, self.field = status, text, headers or {}, field
        self.more = more or {}
        super().__init__(text["en"])


def register(app: APIFlask) -> None:
    """Answer every error so."""
    app.error_processor(_http)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(TrunkRefused, _trunk)
    app.register_error_handler(ChangedMeanwhile, _meanwhile)
    app.register_error_handler(UserRefused, _refused_user)
    app.register_error_handler(ProjectRefused, _refused_project)
    for kind in (NotOneNumber, ConsentRefused, TokenRefused):
        app.register_error_handler(kind, lambda error: _answer(422, in_language(error.text)))
    app.register_error_handler(VersionUnreadable, lambda error: _answer(409, in_language(error.text)))
    app.register_error_handler(RecursionError, lambda _: _answer(400, in_language(said("unreadable"))))
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _away)
    app.register_error_handler(Exception, _fault)


def answer(problem: Problem) -> Response:
    """Give a problem as the answer of a view."""
    return _problem(problem)


def _problem(error: Problem) -> Response:
    told = in_language(error.text)
    errors = [{"field": error.field, "detail": told}] if error.field else None
    return _answer(error.status, told, error.headers, errors=errors, more=error.more)


def _trunk(error: TrunkRefused) -> Response:
    return _problem(Problem(_TRUNK_STATUS.get(type(error), 422), error.text, field=error.field))


_TRUNK_STATUS: dict[type[TrunkRefused], int] = {NoSuchTrunk: 404, TrunkBusy: 409}


def _http(error: HTTPError) -> Any:
    """An error that Flask or APIFlask raised."""
    status = error.status_code
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return _invalid(cause)
    headers = Headers(error.headers or {})
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    return _answer(status, in_language(_sentence(status)), kept)


def _sentence(status: int) -> dict[str, str]:
    match status:
        case 404:
            return said("no_page" if is_api() else "no_such_page")
        case 405:
            return said("no_method", method=request.method)
        case 413:
            return said("too_large", most=request.max_content_length)
        case 415:
            return said("not_form" if accepted_kind() == "multipart/form-data" else "not_json")
        case _:
            return said("unreadable")


def accepted_kind() -> str:
    """The media type that this request's address takes (`access.accepts`)."""
    view = current_app.view_functions.get(request.endpoint or "")
    return str(getattr(view, "_accepts", ("application/json",))[0])


def _invalid(error: ValidationError) -> Response:
    spoken = language()
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"]) or "body", "detail": _told(fault)[spoken]}
        for fault in error.errors(include_url=False)
    ]
    where = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults[:5])
    return _answer(422, in_language(said("not_valid", where=where)), errors=faults)


def _told(fault: Any) -> Mapping[str, str]:
    """A fault of pydantic in words: those that a scenario does not have are the API's own."""
    if fault["type"] == "unprintable":
        return said("unprintable")
    return _MOMENT if fault["type"].startswith(("datetime", "timezone")) else sentence(fault)


_MOMENT = {
    "ru": "нужен момент с часовым поясом, например 2025-03-05T14:30:00+03:00",
    "en": "must be a moment with its zone, such as 2025-03-05T14:30:00+03:00",
}


def _away(error: Exception) -> Response:
    log.warning("the database is away: %s", _first_line(error))
    return _answer(503, in_language(said("away")), {"Retry-After": "5"})


def _fault(error: Exception) -> Any:
    if isinstance(error, HTTPException):  # those that APIFlask has not taken, such as a redirect
        return error
    incident = secrets.token_hex(4)
    # Without the request's body and without values: they are people's data.
    log.error("incident %s in %s %s", incident, request.method, request.url_rule, exc_info=error)
    return _answer(500, in_language(said("fault", incident=incident)))


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def changed_meanwhile(error: ChangedMeanwhile) -> dict[str, str]:
    """Who has changed it, in a sentence."""
    who = error.who.partition(":")[2]
    return said("changed_meanwhile", who=who) if who else said("changed_meanwhile_by_somebody")


def _meanwhile(error: ChangedMeanwhile) -> Response:
    return _problem(Problem(409, changed_meanwhile(error), more={"version": error.version}))


def _refused_user(error: UserRefused) -> Response:
    return _problem(Problem(404 if isinstance(error, NoSuchUser) else 422, error.text, field=error.field))


def _refused_project(error: ProjectRefused) -> Response:
    return _problem(Problem(409 if error.busy else 422, error.text, field=error.field))


def _answer(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    *,
    errors: list[dict[str, str]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    if not is_api():
        return error_page(status, detail, headers or {})
    body: dict[str, Any] = {"type": "about:blank", "title": title(status), "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    body |= more or {}
    answer = Response(json.dumps(body, ensure_ascii=False), status, mimetype=PROBLEM_JSON)
    answer.headers.extend(dict(headers or {}))
    answer.headers["Content-Language"] = language()
    return answer
