"""Help of `oklik campaign why`, `pause`, `resume` and `stop`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

CAMPAIGN = ("Номер или имя кампании.", "Number or name of the campaign.")
_AS_JSON = ("Итог одним объектом JSON.", "The result as one JSON object.")

TEXTS: dict[str, Texts] = {
    "campaign why": {
        "": (
            "Почему не звонит: где каждая строка списка, чего она ждёт и что с этим делать.",
            "Why it is not dialing: where every row of the list stands, what it waits for, and what can be done.",
        ),
        "campaign": CAMPAIGN,
        "as_json": ("Одним объектом JSON.", "As one JSON object."),
        "watch": (
            "Показывать, пока не прервут, обновляя каждые две секунды.",
            "Stay, and look anew every two seconds.",
        ),
        "language": LANGUAGE,
    },
    "campaign plan": {
        "": (
            "Календарь контакта: когда звонили, когда позвоним и почему тогда, вплоть до последнего звонка.",
            "A contact's calendar: what was tried, what comes next and why then, up to the last call.",
        ),
        "campaign": CAMPAIGN,
        "contact": (
            "Телефон, ключ человека, договор или номер строки списка (#17 — всегда строка).",
            "A phone, the person's key, a contract, or the number of a row (#17 is always a row).",
        ),
        "as_json": ("Одним объектом JSON.", "As one JSON object."),
        "language": LANGUAGE,
    },
    "campaign pause": {
        "": (
            "Приостановить: новых звонков не будет, идущие закончатся; паузы перед повторами стоят.",
            "Pause: no new calls, live ones go on; waits before retries stand still.",
        ),
        "campaign": CAMPAIGN,
        "as_json": _AS_JSON,
        "language": LANGUAGE,
    },
    "campaign resume": {
        "": ("Продолжить приостановленную кампанию.", "Let a paused campaign go on."),
        "campaign": CAMPAIGN,
        "as_json": _AS_JSON,
        "language": LANGUAGE,
    },
    "campaign stop": {
        "": (
            "Остановить насовсем: кому не позвонили, уже не позвонят.",
            "Stop for good: who was not called will not be.",
        ),
        "campaign": CAMPAIGN,
        "as_json": _AS_JSON,
        "language": LANGUAGE,
    },
}
