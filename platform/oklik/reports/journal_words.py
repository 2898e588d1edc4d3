"""The words of a person's journal, in Russian and English."""

from oklik.dialing.elsewhere import TITLES as KINDS
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import CONSENT_TITLES, ROLE_TITLES, Role

_TERMS: dict[str, tuple[str, str]] = {
    "title": ("Журнал контактов с человеком", "Journal of contacts with a person"),
    "sheet_person": ("Человек", "Person"),
    "sheet_contacts": ("Контакты", "Contacts"),
    "sheet_denied": ("Не звонили", "Not called"),
    "sheet_wishes": ("Согласия и обещания", "Consents and promises"),
    "person": ("Человек", "Person"),
    "numbers": ("Телефоны", "Phones"),
    "period": ("Период", "Period"),
    "period_all": ("всё время", "all time"),
    "period_value": ("с {since} по {until}", "from {since} to {until}"),
    "first": ("начала", "the beginning"),
    "last": ("сегодня", "today"),
    "zone": ("Часы человека", "The person's clock"),
    "zone_office": (
        "{zone} (часы офиса: где человек, точно не известно)",
        "{zone} (the office's: where the person is, is not known for certain)",
    ),
    "made": ("Составлен", "Made"),
    "by_month": ("По месяцам", "By month"),
    "month": ("Месяц", "Month"),
    "purpose": ("Цель", "Purpose"),
    "contacts": ("Контактов", "Contacts"),
    "talks": ("Разговоров", "Talks"),
    "messages": ("Сообщений", "Messages"),
    "unanswered": ("Без ответа", "Unanswered"),
    "nothing": ("За этот период контактов не было", "There were no contacts in this period"),
    "n": ("№", "No."),
    "local": ("Дата и время", "Date and time"),
    "utc": ("UTC", "UTC"),
    "kind": ("Вид", "Kind"),
    "number": ("Телефон", "Phone"),
    "role": ("Чей телефон", "Whose phone"),
    "caller_id": ("С номера", "Caller ID"),
    "source": ("Кампания или источник", "Campaign or source"),
    "contract": ("Договор", "Contract"),
    "result": ("Итог", "Result"),
    "ring": ("Гудки, с", "Ringing, s"),
    "talk_s": ("Разговор, с", "Talk, s"),
    "files": ("Запись и номер звонка", "Recording and the call's number"),
    "verdict": ("Проверка перед звонком", "Checked before the call"),
    "verdict_value": ("разрешён в {at}, до {until}", "allowed at {at}, until {until}"),
    "note": ("Примечание", "Note"),
    "rehearsal": ("репетиция, никому не звонили", "rehearsal, nobody was called"),
    "campaign": ("Кампания", "Campaign"),
    "why": ("Почему не звонили", "Why not called"),
    "next": ("Когда можно", "When it may be"),
    "never": ("больше никогда в этой кампании", "never again in this campaign"),
    "what": ("Что", "What"),
    "about": ("О чём", "About"),
    "detail": ("Подробности", "Details"),
    "talk": ("разговор", "talk"),
    "no_talk": ("без разговора", "no talk"),
    "reached": ("доставлено", "delivered"),
    "not_reached": ("не доставлено", "not delivered"),
    "ours": ("Оклик: {kind}", "Oklik: {kind}"),
    "returned": ("звонок человека нам", "the person called us"),
    "file_deleted": ("запись удалена {at}", "recording deleted on {at}"),
    "file_lost": ("файл записи не найден", "no file of the recording was found"),
    "elsewhere": ("не Оклик: {kind}", "elsewhere: {kind}"),
    "wish_consent": ("согласие", "consent"),
    "wish_revoked": ("согласие отозвано", "consent revoked"),
    "wish_stop_list": ("отказ от звонков (стоп-лист)", "no more calls (stop list)"),
    "wish_promise": ("обещал оплатить", "promised to pay"),
    "wish_kept": ("обещание выполнено", "promise kept"),
    "wish_broken": ("обещание нарушено", "promise broken"),
    "wish_withdrawn": ("обещание отозвано", "promise withdrawn"),
    "wish_bankrupt": ("отмечено банкротство", "marked as bankrupt"),
    "wish_readmitted": ("отметка о банкротстве снята", "mark of bankruptcy taken back"),
    "in_project": ("проект {project}", "project {project}"),
    "in_all_projects": ("все проекты", "all projects"),
}


def term(key: str, language: str, **values: object) -> str:
    """A heading or phrase; languages other than ru read as en."""
    text = _TERMS[key][0 if language == "ru" else 1]
    return text.format(**values) if values else text


def _language(language: str) -> str:
    return "ru" if language == "ru" else "en"


def contact_kind(kind: str, language: str, *, ours: bool) -> str:
    """What kind of contact it was, and whose."""
    return term("ours" if ours else "elsewhere", language, kind=KINDS[OutsideKind(kind)][_language(language)])


def purpose_title(purpose: str, language: str) -> str:
    """A purpose in words, also that of consents to calls at phones of others; a newer one as it is."""
    titles = CONSENT_TITLES.get(purpose)
    return purpose if titles is None else titles[_language(language)]


def role_title(role: str, language: str) -> str:
    """Whose a phone is, in words."""
    return ROLE_TITLES[Role(role)][_language(language)]
