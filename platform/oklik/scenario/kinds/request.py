"""The node kind that asks another system over HTTP and goes on by its answer."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal

from pydantic import JsonValue, StringConstraints

from oklik.scenario.flow import Event, Request, Requested, Responded
from oklik.scenario.json_path import path_fault
from oklik.scenario.kinds import requesting
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    Visit,
    error,
    form_field,
    unexpected,
    warning,
)
from oklik.scenario.kinds.fetched import Fetched
from oklik.scenario.kinds.fetching import FAILED, MOST_TRIALS, FetchingNode, fault_line
from oklik.scenario.needs import Need
from oklik.scenario.substitute import malformed, names

_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
# Nothing but a fixed host before the path: no user, no values.
Url = Annotated[str, StringConstraints(pattern=rf"^https?://{_HOST}(:[0-9]{{1,5}})?(/.*)?$", max_length=500)]
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~%+,;=:@-]*")
Path = Annotated[str, StringConstraints(min_length=1, max_length=120)]
QueryName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\[\]-]{1,60}$")]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,59}$")]
Filled = Annotated[str, StringConstraints(max_length=500)]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=500)]
Credential = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

_SECRET = re.compile(r"auth|key|token|secret|cookie|passw", re.IGNORECASE)
# What the host writes itself, and what would let a header speak for the connection.
_OWN = re.compile(
    r"(host|content-.*|transfer-.*|connection|keep-alive|te|trailer|upgrade|expect|accept-encoding|proxy.*|forwarded|"
    r"x-forwarded.*|idempotency-key|oklik.*|user-agent)",
    re.IGNORECASE,
)


class Answer(Fetched):
    """A variable that gets a value from the answer."""

    path: Path = form_field(
        "Где в ответе",
        "Where in the answer",
        "Путь JMESPath в JSON: balance, client.phones[0]",
        "A JMESPath into the JSON: balance, client.phones[0]",
    )


class RequestNode(FetchingNode):
    """Asks another system over HTTP, such as a CRM or 1C, and gives variables values out of its JSON answer.

    Values are put in as {{ name }}: into segments of the path and into the query they go percent-encoded, into the body
    as JSON texts. A body text that is nothing but {{ name | number }} or {{ name | boolean }} is sent as a number or as
    true or false. Every request carries an Idempotency-Key of its own, the same if it is repeated.
    """

    kind_title: ClassVar = {"ru": "Запрос", "en": "Request"}
    help_ru: ClassVar = (
        "Спрашивает другую систему (CRM, 1С) по HTTP и кладёт значения из её ответа в переменные. {{ имя }} "
        "подставляет столбец, переменную или ответ. Адреса, к которым можно обращаться, и пароли лежат в настройках "
        "установки, а не в сценарии."
    )
    icon: ClassVar = "world-share"
    family: ClassVar = "beyond"
    example: ClassVar[dict[str, Any]] = {
        "kind": "request",
        "method": "POST",
        "url": "https://crm.example.com/api/balance",
        "body": {"client": "{{ name }}", "debt": "{{ debt | number }}"},
        "credential": "crm",
        "timeout_s": 5,
        "waiting": {"ru": "Секунду, проверяю.", "en": "One moment, let me check."},
        "answers": {
            "balance": {"path": "balance", "type": "money", "example": "1500.50", "private": True},
            "status": {"path": "status", "type": "choice", "values": ["active", "closed"], "example": "active"},
        },
        "exits": {"ok": "balance", "failed": "agent"},
    }

    kind: Literal["request"]
    method: Literal["GET", "POST", "PUT", "PATCH"] = form_field(
        "Метод",
        "Method",
        "GET спрашивает, остальные передают данные",
        "GET asks, the others hand over data",
        widget="choice",
        choices={
            "GET": ("Спросить", "Ask"),
            "POST": ("Передать", "Post"),
            "PUT": ("Записать", "Put"),
            "PATCH": ("Изменить", "Patch"),
        },
        default="GET",
    )
    url: Url = form_field(
        "Адрес",
        "Address",
        "https://…; {{ имя }} только в пути",
        "https://…; {{ name }} in the path only",
    )
    query: dict[QueryName, Filled] = form_field(
        "Параметры",
        "Query",
        "То, что в адресе стоит после «?»",
        "What stands behind the “?” of the address",
        widget="mapping",
        default={},
        max_length=30,
    )
    headers: dict[HeaderName, HeaderValue] = form_field(
        "Заголовки",
        "Headers",
        "Кроме паролей и ключей: для них credential",
        "But for passwords and keys: those go by credential",
        widget="mapping",
        default={},
        max_length=20,
    )
    body: JsonValue = form_field(
        "Тело", "Body", "JSON, который передаётся", "The JSON that is handed over", widget="json", default=None
    )
    credential: Credential | None = form_field(
        "Доступ",
        "Credential",
        "Имя доступа из настроек установки: crm — это OKLIK_CREDENTIAL_CRM",
        "The name of a secret of the installation: crm is OKLIK_CREDENTIAL_CRM",
        widget="name",
        default=None,
    )
    credential_header: HeaderName = form_field(
        "Заголовок доступа",
        "Credential header",
        "В каком заголовке он передаётся",
        "The header it goes into",
        default="Authorization",
    )
    timeout_s: float = form_field(
        "Ждать ответа, с",
        "Wait, s",
        "Всего; дольше — сбой",
        "In all; longer is a failure",
        widget="seconds",
        default=3.0,
        ge=1,
        le=20,
    )
    answers: dict[Name, Answer] = form_field(
        "Что взять из ответа",
        "Answers",
        "Переменные и где в ответе их значения",
        "Variables, and where in the answer their values lie",
        widget="answers",
        default={},
        max_length=30,
    )

    def exits(self) -> tuple[Exit, ...]:
        """Answered as it should be; everything else is a failure: no answer in time, an error, a value that is missing
        or of another type.
        """
        return (
            Exit(name="ok", title={"ru": "Получилось", "en": "Worked"}),
            Exit(name=FAILED, title={"ru": "Не получилось", "en": "Failed"}),
        )

    @property
    def wanted(self) -> Mapping[str, Fetched]:
        """The answers."""
        return self.answers

    @property
    def patience_s(self) -> float:
        """The whole time."""
        return self.timeout_s

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Put the request together and send it."""
        try:
            url = requesting.address(self.url, self.query, visit.values)
            body = None
            if self.body is not None:
                body = requesting.body(self.body, visit.values, visit.languages[0])
        except requesting.Unsendable as reason:
            visit.note(Requested(node=visit.node, ok=False, fault=fault_line(f"not sent: {reason}")))
            return Leave(FAILED)
        return Request(
            node=visit.node,
            method=self.method,
            url=url,
            headers={name: requesting.header(text, visit.values) for name, text in self.headers.items()},
            body=body,
            credential=self.credential or "",
            credential_header=self.credential_header,
            timeout_s=self.timeout_s,
            wanted={name: answer.path for name, answer in self.answers.items()},
            waiting=visit.say("waiting"),
        )

    def resume(self, visit: Visit, event: Event) -> Move:
        """Take the answer if all of it fits."""
        if not isinstance(event, Responded):
            raise unexpected(visit.node, event)
        fault = event.fault or "failed"
        if event.ok:
            fault = self.taken(visit, event.values)
        visit.note(Requested(node=visit.node, ok=not fault, status=event.status, fault=fault_line(fault)))
        return Leave(FAILED if fault else "ok")

    # -- what others ask --

    def sends(self) -> Iterable[tuple[str, str]]:
        """Everything that is put in."""
        for field, text in self._texts():
            for name in names(requesting.untyped(text)):
                yield field, name

    def needs(self) -> Iterable[Need]:
        """The host must be allowed, the secret known."""
        yield Need(what="host", name=requesting.host_of(self.url))
        if self.credential is not None:
            yield Need(what="credential", name=self.credential)

    def trials(self, values: Mapping[str, tuple[str, ...]]) -> tuple[Event, ...]:
        """What usually comes, what leads elsewhere, and no answer."""
        given = (self.usual(), *self.unusual(values))
        made = (Responded(ok=True, values=one, status=200) for one in given)
        return (*islice(made, MOST_TRIALS), Responded(ok=False, fault="failed"))

    # -- care --

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The address and the paths can be used, nothing secret stands in the document, values fit."""
        yield from super().check(name, about)
        yield from self._text_issues(name)
        yield from self._header_issues(name)
        _, port = requesting.host_of(self.url).rsplit(":", 1)
        if not 0 < int(port) < 65536:
            ru, en = "В адресе нет такого порта", "The port of the address does not exist"
            yield error(name, "url", "url_bad", ru, en)
        if self.url.startswith("http:"):
            ru = "Адрес без шифрования (http): по пути данные может прочесть любой; нужен https"
            en = "The address is not encrypted (http): anyone on the way can read the data; https is needed"
            yield warning(name, "url", "request_plain", ru, en)
        if self.method == "GET" and self.body is not None:
            ru, en = "У запроса GET нет тела: передайте значения в query", "A GET request has no body: use query"
            yield error(name, "body", "body_unfit", ru, en)
        for variable, answer in self.answers.items():
            fault = path_fault(answer.path)
            if fault is not None:
                ru, en = f"Путь «{answer.path}»: {fault['ru']}", f"Path {answer.path!r}: {fault['en']}"
                yield error(name, f"answers.{variable}.path", "path_bad", ru, en)

    def _texts(self) -> Iterator[tuple[str, str]]:
        """All texts that values may stand in, with their places."""
        yield "url", self.url
        yield from ((f"query.{name}", text) for name, text in self.query.items())
        yield from ((f"headers.{name}", text) for name, text in self.headers.items())
        yield from requesting.leaves(self.body, "body")

    def _text_issues(self, name: str) -> Iterator[Issue]:
        for field, text in self._texts():
            place = malformed(requesting.untyped(text) if field.startswith("body") else text)
            if place is not None:
                ru = f"Ошибка подстановки, знак {place + 1}: здесь можно только {{{{ имя }}}}"
                en = f"Bad placeholder at character {place + 1}: only {{{{ name }}}} is possible here"
                yield error(name, field, "template_bad", ru, en)
        path = re.sub(r"\{\{[^{}]*\}\}", "x", self.url.partition("://")[2])
        if "?" in path:
            ru, en = "То, что стоит после «?», впишите в query", "What stands behind “?” belongs into query"
            yield error(name, "url", "url_bad", ru, en)
        elif not _PLAIN_PATH.fullmatch(path) or re.search(r"/\.{1,2}(/|$)", path):
            ru = "В пути адреса могут быть латинские буквы, цифры, «/», «.», «-», «_» и {{ имя }}, но не «..»"
            en = "The path of an address may hold letters, digits, / . - _ and {{ name }}, but no “..”"
            yield error(name, "url", "url_bad", ru, en)

    def _header_issues(self, name: str) -> Iterator[Issue]:
        for header in self.headers:
            if _SECRET.search(header) and not _OWN.fullmatch(header):
                ru = f"Заголовок «{header}» похож на пароль или ключ: ему место в настройках установки (credential)"
                en = f"Header {header!r} looks like a secret: it belongs into the installation's settings (credential)"
                yield error(name, f"headers.{header}", "secret_in_document", ru, en)
            elif _OWN.fullmatch(header):
                ru, en = f"Заголовок «{header}» ставится сам", f"Header {header!r} is set by itself"
                yield error(name, f"headers.{header}", "header_bad", ru, en)
        if _OWN.fullmatch(self.credential_header):
            ru = f"Доступ не передаётся в заголовке «{self.credential_header}»"
            en = f"A credential does not go into header {self.credential_header!r}"
            yield error(name, "credential_header", "header_bad", ru, en)
        folded = [header.casefold() for header in (*self.headers, *([self.credential_header] * bool(self.credential)))]
        if len(set(folded)) < len(folded):
            ru, en = "Заголовок указан дважды", "A header is given twice"
            yield error(name, "headers", "header_bad", ru, en)
