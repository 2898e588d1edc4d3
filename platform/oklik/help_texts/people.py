"""Help of `oklik people`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

_PROJECT = ("Проект; не нужен, если он один.", "The project; not needed where there is one.")
_SHEET = ("Лист таблицы, если не первый с заголовками.", "The sheet, if not the first with a header.")
_WHO = ("Ключ человека (ID должника) или телефон.", "The person key (debtor id), or a phone.")
_JSON = ("Напечатать итог одним объектом JSON.", "Print the result as one JSON object.")

TEXTS: dict[str, Texts] = {
    "people": {
        "": (
            "Люди: контакты вне Оклика, кто оплатил, обещания, журнал по человеку.",
            "People: contacts made elsewhere, who has paid, promises, a person's journal.",
        )
    },
    "people contacts": {
        "": ("Контакты, сделанные не Окликом.", "Contacts that were not made by Oklik."),
    },
    "people contacts import": {
        "": (
            (
                "Прочитать звонки, SMS и визиты из другой системы: они считаются в пределах на человека. "
                "Тот же файл ещё раз ничего не меняет; код выхода 1, если какие-то строки не приняты."
            ),
            (
                "Read calls, SMS and visits made by another system: they count for the limits per person. "
                "The same file again changes nothing; exit code 1 when rows were refused."
            ),
        ),
        "file": (
            "Таблица xlsx, xls, ods или csv: телефон или ключ, дата, вид, был ли разговор, длительность, цель.",
            "A table, xlsx, xls, ods or csv: phone or key, date, kind, whether there was a talk, duration, purpose.",
        ),
        "project": _PROJECT,
        "purpose": (
            "Цель там, где её нет в таблице: debt, informational, survey, appointment, advertising.",
            "The purpose where the table names none: debt, informational, survey, appointment, advertising.",
        ),
        "source": ("Откуда контакты, например 1C.", "Where the contacts come from, 1C for example."),
        "zone": ("По каким часам записано время: МСК+2, UTC+5.", "By which clock the times are: UTC+5, МСК+2."),
        "sheet": _SHEET,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "people remove": {
        "": (
            (
                "Убрать людей из идущих кампаний: оплатили, спор, банкротство. Со всеми телефонами и договорами; "
                "следующий звонок не состоится уже через секунду. С причиной bankrupt не звонят и более поздние "
                "кампании, пока отметка не снята (oklik people readmit)."
            ),
            (
                "Take people out of running campaigns: paid, disputed, bankrupt. With all phones and contracts; "
                "nobody of them is dialed a second later. With the reason bankrupt later campaigns do not call them "
                "either, until that is taken back (oklik people readmit)."
            ),
        ),
        "file": (
            "Таблица со столбцом ключа, телефона или договора.",
            "A table with a column of keys, phones or contracts.",
        ),
        "person": ("Ключ человека (ID должника).", "The person key (debtor id)."),
        "phone": ("Телефон.", "A phone."),
        "contract": ("Номер договора.", "The number of a contract."),
        "reason": ("Почему: paid, dispute, bankrupt, other.", "Why: paid, dispute, bankrupt, other."),
        "campaign": ("Только из этой кампании: номер или имя.", "Out of this campaign only: its number or name."),
        "everywhere": ("Из кампаний всех проектов.", "Out of the campaigns of all projects."),
        "project": _PROJECT,
        "sheet": _SHEET,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "people readmit": {
        "": (
            "Снять отметку о банкротстве: человеку снова можно звонить. Кто, когда и почему — хранится всегда.",
            "Take a mark of bankruptcy back: they may be called again. Who did it, when and why is kept for good.",
        ),
        "who": _WHO,
        "reason": ("Почему можно снова звонить.", "Why they may be called again."),
        "project": _PROJECT,
        "language": LANGUAGE,
    },
    "people promise": {
        "": (
            "Отметить, что стало с обещанием оплатить: после этого оно никого не удерживает.",
            "Say what became of a promise to pay: after that it holds nothing back.",
        ),
        "who": _WHO,
        "kept": ("Выполнено.", "Kept."),
        "broken": ("Нарушено.", "Broken."),
        "withdrawn": ("Отозвано.", "Withdrawn."),
        "project": _PROJECT,
        "language": LANGUAGE,
    },
    "people journal": {
        "": (
            "Журнал контактов с человеком для проверяющих: наши звонки и чужие, отказы, согласия.",
            "The journal of contacts with a person for the regulator: ours and others', denials, consents.",
        ),
        "who": _WHO,
        "report": ("Куда записать журнал в Excel.", "Where the Excel journal goes."),
        "since": ("С этого дня, ДД.ММ.ГГГГ, по часам человека.", "From this day on, DD.MM.YYYY, by their clock."),
        "until": ("По этот день включительно.", "To this day, included."),
        "project": _PROJECT,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
}
