"""What the API says when something is wrong, in Russian and English.  Sentences of the use cases come from them."""

from collections.abc import Mapping

from flask import current_app, g, request

LANGUAGES = ("ru", "en")
LANGUAGE_COOKIE = "language"
DOCS = "/api/docs"  # a page, though it stands among the API's addresses

TITLES: dict[int, tuple[str, str]] = {
    400: ("Запрос не разобрать", "The request cannot be read"),
    401: ("Нужен токен или вход", "A token or a session is needed"),
    403: ("Нет права", "Not permitted"),
    404: ("Такого нет", "Not found"),
    405: ("Такого действия нет", "No such method"),
    409: ("Сейчас так нельзя", "Not possible as things stand"),
    413: ("Запрос слишком велик", "The request is too large"),
    415: ("Нужен JSON", "JSON is expected"),
    422: ("Данные не подходят", "The data do not fit"),
    429: ("Слишком много запросов", "Too many requests"),
    500: ("Сбой на нашей стороне", "A fault of ours"),
    503: ("База данных не отвечает", "The database does not answer"),
}

_SAID: dict[str, tuple[str, str]] = {
    "unreadable": ("тело запроса — не JSON", "the body is no JSON"),
    "no_token": (
        "нужен заголовок Authorization: Bearer с токеном; токены делают в настройках, на странице «Токены API»",
        "the header Authorization: Bearer with a token is needed; it is made in the settings, on the page “API tokens”",
    ),
    "signed_out": (
        "время вашего входа истекло, или вы вышли: войдите снова в другой вкладке, потом обновите эту",
        "you are signed out, or your time is over: sign in again in another tab, then load this one again",
    ),
    "bad_token": ("такого токена нет, или он отозван", "there is no such token, or it was revoked"),
    "no_scope": ("токену «{name}» не дано право {scope}", "the token {name!r} has no scope {scope}"),
    "token_of_nobody": (
        "токен «{name}» сделан командой и ничей: профиля у него нет",
        "the token {name!r} was made by a command and is nobody's: it has no profile",
    ),
    "no_right": ("вашей роли не дано право {scope}", "your role has no right {scope}"),
    "not_yours": (
        "дать можно только то, что можно вам самим; не хватает: {scopes}",
        "only what you may do yourself can be given; lacking: {scopes}",
    ),
    "no_csrf": (
        "страница устарела: обновите её и повторите",
        "the page is too old: load it again and repeat",
    ),
    "no_page": ("такого адреса в API нет; что есть: /api/v1/openapi.json", "no such address; see /api/v1/openapi.json"),
    "no_such_page": ("такой страницы нет", "there is no such page"),
    "no_method": ("{method} здесь не бывает", "{method} is not possible here"),
    "too_large": ("тело запроса больше {most} байт", "the body has more than {most} bytes"),
    "not_json": ("нужен Content-Type: application/json", "Content-Type: application/json is expected"),
    "not_form": (
        "нужен Content-Type: multipart/form-data с файлом",
        "Content-Type: multipart/form-data with a file is expected",
    ),
    "no_scenario": ("сценария {id} нет", "there is no scenario {id}"),
    "no_version": ("у сценария {id} нет версии {number}", "the scenario {id} has no version {number}"),
    "no_calendar": ("календаря праздников «{given}» нет", "there is no calendar of holidays {given!r}"),
    "bad_days": (
        "последний день не раньше первого, и всего не больше {most} дней",
        "the last day is not before the first, and there are {most} days at most",
    ),
    "no_trunk_test": ("проверочного звонка {id} нет", "there is no test call {id}"),
    "tester_phone_kept": (
        "телефон {number} уже подтверждён: менять и убирать его может тот, кто подтверждает",
        "{number} is confirmed already: it is changed and taken out by who may confirm",
    ),
    "no_tester_phone": ("телефона {number} в списке нет", "the phone {number} is not on the list"),
    "no_draft": ("у сценария {id} нет ни черновика, ни версий", "the scenario {id} has neither a draft nor a version"),
    "no_revision": (
        "у сценария {id} нет сохранённой правки {revision}",
        "the scenario {id} has no saved revision {revision}",
    ),
    "draft_changed": (
        "пока вы правили, черновик сохранил {who}; ваша правка не записана, обе приложены",
        "{who} has saved the draft meanwhile; yours is not written, both are given",
    ),
    "changed_meanwhile": (
        "пока вы правили, это сохранил {who}: ваша правка не записана",
        "{who} has saved this meanwhile: your change is not written",
    ),
    "changed_meanwhile_by_somebody": (
        "пока вы правили, это сохранил кто-то другой: ваша правка не записана",
        "somebody else has saved this meanwhile: your change is not written",
    ),
    "draft_errors": (
        "опубликовать нельзя: ошибок в сценарии {n}",
        "it cannot be published: the scenario has errors: {n}",
    ),
    "no_template": ("готового сценария «{code}» нет; есть: {known}", "no ready scenario {code!r}; there are: {known}"),
    "template_or_document": (
        "нужно одно: template или document",
        "either template or document is needed, not both",
    ),
    "draft_newer": (
        "черновик тем временем изменили (правка {revision}): откройте его заново",
        "the draft was changed meanwhile (revision {revision}): open it anew",
    ),
    "draft_unready": (
        "звонить черновиком нельзя: ошибок в сценарии {n}; они названы во вкладке «Проверка»",
        "the draft cannot be called with: the scenario has errors: {n}; they are listed under Checks",
    ),
    "no_said": ("текста номер {n} в этом звонке нет", "the call has no text number {n}"),
    "no_simulation": ("такого пробного звонка нет: их помнят сутки", "no such call: they are remembered for a day"),
    "no_contact": ("контакта {id} нет", "there is no contact {id}"),
    "no_golden": ("образцового прогона {id} нет", "there is no golden run {id}"),
    "no_voice": ("голоса «{given}» нет; есть: {known}", "there is no voice {given!r}; there are: {known}"),
    "no_prompt": ("записи {name} нет", "there is no recording {name}"),
    "no_file": ("нужен файл в поле file", "a file is needed in the field file"),
    "bad_key": (
        "ключ записи: строчные латинские буквы, цифры, точка, - и _, до 80 знаков",
        "a recording's key: small Latin letters, digits, dot, - and _, 80 at most",
    ),
    "bad_language": ("язык: две буквы, например ru", "a language: two letters, such as en"),
    "not_spoken": (
        "сценарий не говорит на языке {given}; есть: {known}",
        "the scenario has no {given}; it has: {known}",
    ),
    "event_wants": ("для {kind} нужно поле {name}", "{kind} needs the field {name}"),
    "unspeakable": ("этот текст с такими значениями не произносится", "this text cannot be spoken with these values"),
    "walk_failed": ("обойти сценарий не получилось", "the scenario could not be walked through"),
    "no_list": ("списка {id} нет", "there is no list {id}"),
    "not_valid": ("не подходит: {where}", "does not fit: {where}"),
    "too_many": ("больше {most} запросов за {seconds:g} с", "more than {most} requests in {seconds:g} s"),
    "fault": ("запишите номер сбоя: {incident}", "keep the number of this incident: {incident}"),
    "away": ("повторите запрос позже", "ask again later"),
    "no_campaign": ("кампании {id} нет", "there is no campaign {id}"),
    "no_command": ("приказа {id} нет", "there is no command {id}"),
    "campaign_is": (
        "кампания {id} в состоянии «{state}»: «{kind}» невозможно",
        "the campaign {id} is {state}: {kind} is not possible",
    ),
    "no_preflight": ("проверки {id} нет", "there is no launch check {id}"),
    "preflights_wait": (
        "у кампании {id} уже ждут {n} проверок: дождитесь их",
        "{n} launch checks of the campaign {id} are waiting already: wait for them",
    ),
    "too_far": ("нужен момент не дальше года от сегодняшнего дня", "must be a moment within a year of today"),
    "one_of": ("нужно ровно одно из: {names}", "exactly one of these is needed: {names}"),
    "nobody": ("такого человека нет: {who}", "nobody is known by {who}"),
    "several_people": (
        "«{who}»: это не один человек, а несколько ({known}); нужен ключ или проект",
        "{who!r}: these are several people ({known}); give the key or the project",
    ),
    "no_project": (
        "проекта «{given}» нет, или не ясно, какой имеется в виду; есть: {known}",
        "there is no project {given!r}, or it is not clear which is meant; there are: {known}",
    ),
    "project_gone": ("проекта {id} нет", "there is no project {id}"),
    "days_order": ("начало позже конца", "the beginning is later than the end"),
    "two_places": (
        "нужно не больше одного из: campaign, project, everywhere",
        "at most one of these: campaign, project, everywhere",
    ),
    "unprintable": ("в тексте нулевой знак", "the text holds a null character"),
    "no_order": ("заказа {id} нет", "there is no order {id}"),
    "order_too_late": ("заказ {id} уже исполняется или окончен", "order {id} is being carried out or is over"),
    "order_wants": ("для {kind} нужно поле {name}", "{kind} needs the field {name}"),
    "not_excluded": ("{who}: отметки о банкротстве нет", "{who}: there is no mark of bankruptcy"),
    "nothing_changes": ("не сказано, что изменить", "nothing is said to be changed"),
    "bad_zone": ("неизвестный часовой пояс или регион «{given}»", "no such time zone or region: {given!r}"),
    "bad_mark": ("это не то место, которое дано в next", "this is no mark that was given as next"),
    "bad_name": (
        "имя файла: {{campaign}}, {{date}}, {{time}}, {{phone}}, {{id}}, буквы, цифры, пробел и . , ( ) + - _ /",
        "a file's name: {{campaign}}, {{date}}, {{time}}, {{phone}}, {{id}}, letters, digits, blanks, . , ( ) + - _ /",
    ),
    "no_recordings": (
        "у этой кампании за это время записей здесь нет",
        "this campaign has no recordings here in that time",
    ),
    "no_preset": ("набора настроек {id} нет", "there is no preset {id}"),
    "no_published": (
        "у сценария нет такой опубликованной версии в этом проекте",
        "the scenario has no such published version in this project",
    ),
    "voice_broken": ("голос не работает: {detail}", "the voice does not work: {detail}"),
    "no_attempt": ("звонка {id} в этой кампании нет", "there is no call {id} in this campaign"),
    "no_segment_here": ("сегмента {id} нет", "there is no segment {id}"),
    "no_version_run": ("версию {number} не запускали", "version {number} was never run"),
    "no_report": ("отчёта {id} нет, или он ещё не готов", "there is no report {id}, or it is not ready yet"),
    "no_standing": ("постоянной кампании {id} нет", "there is no standing campaign {id}"),
    "standing_stopped": (
        "постоянная кампания {id} остановлена: сначала включите её",
        "the standing campaign {id} is stopped: resume it first",
    ),
    "not_listed": ("{number}: в стоп-листе нет", "{number} is not on the stop list"),
    "key_reused": (
        "этот Idempotency-Key уже был у другого запроса",
        "this Idempotency-Key came with another request before",
    ),
    "key_secret": (
        "ответ содержит секрет и не хранится: без Idempotency-Key",
        "the answer holds a secret and is not kept: send it without an Idempotency-Key",
    ),
    "file_too_large": ("файл больше {most} МБ", "the file has more than {most} MB"),
    "no_import": ("загрузки {id} нет, или её файл уже удалён", "there is no import {id}, or its file is gone"),
    "list_taken": (
        "список «{name}» уже есть: выберите другое название или обновите его",
        "there is a list {name!r} already: choose another name or bring it up to date",
    ),
    "import_begun": ("этот файл уже загружается или загружен", "this file is being imported already, or was"),
    "import_over": ("загрузка уже окончена", "the import is over already"),
    "list_gone": ("такого списка нет, или он удалён", "there is no such list, or it was deleted"),
    "contact_gone": ("такого контакта нет, или его список удалён", "there is no such contact, or its list was deleted"),
    "other_list": (
        "сегмент взят из другого списка: укажите только его список или ни одного",
        "the segment is of another list: name only its list, or none",
    ),
    "no_segment": ("такого сегмента нет", "there is no such segment"),
    "list_importing": (
        "список сейчас загружается: дождитесь конца",
        "the list is being imported: wait until that is over",
    ),
    "list_in_use": (
        "по списку сделаны кампании ({names}): их результаты держатся на нём, удалить его нельзя",
        "campaigns were made of this list ({names}): their results hang on it, it cannot be deleted",
    ),
    "no_recording": ("этой записи здесь нет", "this recording is not here"),
    "key_shape": (
        "Idempotency-Key: от 1 до 128 видимых знаков ASCII",
        "Idempotency-Key: 1 to 128 visible ASCII characters",
    ),
}


def is_api() -> bool:
    """Whether this request is of the API, and not of a page."""
    return request.path.startswith("/api/") and request.path != DOCS


def language() -> str:
    """The language of the answer.

    Of a page, and of the API when a page asks: as the person switched it.  Of the API else: as the request wishes
    (Accept-Language).  Else as the installation is set.
    """
    user = g.get("signed_in")
    if user is not None or not is_api():
        chosen = (user.language if user is not None else None) or request.cookies.get(LANGUAGE_COOKIE)
        wished = chosen if chosen in LANGUAGES else None
    else:
        wished = request.accept_languages.best_match(LANGUAGES)
    return wished or str(current_app.config["OKLIK"].settings.language)


def said(key: str, **values: object) -> dict[str, str]:
    """A sentence in both languages."""
    return {code: text.format(**values) for code, text in zip(LANGUAGES, _SAID[key], strict=True)}


def title(status: int) -> str:
    """What a status is called, in the language of the answer."""
    texts = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    return texts[LANGUAGES.index(language())]


def in_language(sentence: Mapping[str, str]) -> str:
    """One of both."""
    return sentence[language()]
