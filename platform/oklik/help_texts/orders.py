"""Help of `oklik call` and `oklik phone`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

_CAMPAIGN = ("Имя или номер кампании.", "The campaign's name or number.")
_CONTACT = (
    "Контакт: телефон, ключ человека, договор или номер строки списка (#17 — всегда строка).",
    "The contact: a phone, the person's key, a contract, or the number of a row (#17 is always a row).",
)
_WAIT = ("Ждать конца звонка (--no-wait: только заказать).", "Wait for the end of the call (--no-wait: only order it).")
_JSON = ("Последней строкой — объект JSON.", "The last line is a JSON object.")

TEXTS: dict[str, Texts] = {
    "call": {
        "": ("Заказать один звонок: вручную, пробный, сначала оператору.", "Order one call: manual, test, agent first.")
    },
    "call manual": {
        "": (
            "Позвонить контакту вне очереди по сценарию кампании; законы и стоп-лист — как у всякого звонка.",
            "Call a contact out of turn with the campaign's scenario; laws and stop list hold as for any call.",
        ),
        "campaign": _CAMPAIGN,
        "contact": _CONTACT,
        "wait": _WAIT,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "call agent-first": {
        "": (
            "Вызвать оператора, а когда он ответит — контакта, и соединить их.",
            "Ring an agent, then the contact once the agent has answered, and connect the two.",
        ),
        "campaign": _CAMPAIGN,
        "contact": _CONTACT,
        "agent": (
            "Телефон оператора (user/1001) из групп кампании или имя группы из одного оператора.",
            "The agent's phone (user/1001) of the campaign's groups, or the name of a group of one agent.",
        ),
        "wait": _WAIT,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "call test": {
        "": (
            "Позвонить на свой телефон по сценарию кампании с данными контакта; в отчёт не входит.",
            "Ring a phone of yours with the campaign's scenario and a contact's data; no report counts it.",
        ),
        "campaign": _CAMPAIGN,
        "number": ("Телефон, записанный командой oklik phone add.", "A phone that oklik phone add has named."),
        "contact": (
            "Чьи данные звучат; без этого — первый контакт.",
            "Whose data is spoken; else the first contact's.",
        ),
        "wait": _WAIT,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "call status": {
        "": ("Показать, что с заказанным звонком.", "Show how an ordered call stands."),
        "order": ("Номер заказа.", "The order's number."),
        "language": LANGUAGE,
        "as_json": ("Объект JSON.", "A JSON object."),
    },
    "call cancel": {
        "": ("Снять заказ, пока его никто не исполнил.", "Take back an order that nobody has served yet."),
        "order": ("Номер заказа.", "The order's number."),
        "language": LANGUAGE,
    },
    "phone": {"": ("Свои телефоны для пробных звонков.", "Phones of your own for test calls.")},
    "phone add": {
        "": ("Разрешить пробные звонки на номер.", "Allow test calls to a number."),
        "number": ("Номер.", "The number."),
        "name": ("Чей это телефон.", "Whose phone it is."),
        "language": LANGUAGE,
    },
    "phone remove": {
        "": ("Больше не звонить на номер для пробы.", "Allow test calls to a number no more."),
        "number": ("Номер.", "The number."),
        "language": LANGUAGE,
    },
    "phone list": {
        "": ("Показать телефоны для пробных звонков.", "Show the phones for test calls."),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на телефон.", "One JSON object a phone."),
    },
}
