"""Help of `oklik stoplist` and `oklik consent`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

_NUMBER = ("Номер в любом виде.", "A number in any spelling.")
_SHEET = ("Лист книги.", "The workbook's sheet.")
_PHONES = ("Столбец с телефонами.", "The column with the phones.")
_JSON = ("Ответ в JSON.", "The answer as JSON.")
_PURPOSE = (
    (
        "На какие звонки: advertising, debt, survey, informational, appointment или по-русски; third_persons — на "
        "телефоны родственников и других людей: номер — самого человека (все такие телефоны) или один из них."
    ),
    (
        "To which calls: advertising, debt, survey, informational, appointment; third_persons: to phones of relatives "
        "and others, the number being the person's own (all such phones) or one of those."
    ),
)
_SOURCE = ("Где получено: договор, сайт, письмо.", "Where it was given: a contract, a site, a letter.")
_VERSION = ("Версия текста согласия.", "The version of the text.")
_TEXT = ("Файл с текстом согласия, UTF-8.", "A file with the text, UTF-8.")
_AT = ("Когда, например 05.03.2025 14:30; иначе сейчас.", "When, such as 2025-03-05 14:30; now if left out.")
_PERSON = (
    "Ключ человека, если согласие только его, а не любого на этом номере.",
    "The person's key where the consent is theirs alone, not of whoever has the number.",
)

# What `consent add` and `consent revoke` have in common.
_OF_NUMBER: Texts = {"number": _NUMBER, "at": _AT, "language": LANGUAGE}

TEXTS: dict[str, Texts] = {
    "stoplist": {
        "": (
            "Стоп-лист: номера, на которые не звонит ни одна кампания.",
            "The stop list: numbers that no campaign calls.",
        )
    },
    "stoplist add": {
        "": (
            "Внести номер или все номера файла: с этой секунды на них не звонят.",
            "Put a number, or all numbers of a file, on the list: from this second on nobody calls them.",
        ),
        "what": ("Номер или файл xlsx, xls, ods, csv.", "A number or a file: xlsx, xls, ods, csv."),
        "source": ("Откуда просьба: письмо, сайт, юристы.", "Where the wish came from: a letter, a site, lawyers."),
        "reason": ("Почему.", "Why."),
        "sheet": _SHEET,
        "phone_column": _PHONES,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "stoplist remove": {
        "": (
            "Исключить номер; снятые из-за него звонки возобновятся. Кто, когда и почему — хранится всегда.",
            "Take a number off the list; calls it had ended go on. Who did it, when and why is kept for good.",
        ),
        "number": _NUMBER,
        "reason": ("Почему можно снова звонить.", "Why it may be called again."),
        "source": ("Откуда это известно.", "Where that is known from."),
        "language": LANGUAGE,
    },
    "stoplist check": {
        "": (
            "Сказать, звонят ли на номер, и показать его историю.",
            "Say whether a number is called, and show its history.",
        ),
        "number": _NUMBER,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "stoplist export": {
        "": ("Записать стоп-лист в файл Excel.", "Write the stop list to an Excel file."),
        "out": ("Файл xlsx.", "The xlsx file."),
        "language": LANGUAGE,
    },
    "consent": {
        "": ("Согласия на звонки и доказательства по номеру.", "Consents to calls, and the proof of a number.")
    },
    "consent add": {
        "": (
            "Записать согласие; кому без него не звонили, вернутся в очередь.",
            "Keep a consent; whoever was not called for want of it is called.",
        ),
        **_OF_NUMBER,
        "purpose": _PURPOSE,
        "source": _SOURCE,
        "version": _VERSION,
        "text_file": _TEXT,
        "person": _PERSON,
    },
    "consent revoke": {
        "": (
            "Отозвать согласие: звонки, которым оно нужно, прекращаются сразу.",
            "Take a consent back: calls that need it stop at once.",
        ),
        **_OF_NUMBER,
        "source": ("Как отозвано: письмо, звонок, сайт.", "How it was taken back: a letter, a call, a site."),
        "purpose": ("Только эта цель; иначе все.", "This purpose only; all if left out."),
        "person": ("Только согласие человека с этим ключом.", "Only that of the person with this key."),
    },
    "consent import": {
        "": (
            "Записать согласия из файла: столбцы «Цель», «Источник», «Версия», «Текст», «Дата» главнее параметров.",
            "Keep the consents of a file: its columns purpose, source, version, text and date go before the options.",
        ),
        "file": ("Файл xlsx, xls, ods или csv.", "A file: xlsx, xls, ods or csv."),
        "purpose": _PURPOSE,
        "source": _SOURCE,
        "version": _VERSION,
        "text_file": _TEXT,
        "at": ("Когда даны, если в файле нет даты.", "When they were given, where the file has no date."),
        "sheet": _SHEET,
        "phone_column": _PHONES,
        "language": LANGUAGE,
        "as_json": _JSON,
    },
    "consent look": {
        "": ("Показать согласия номера, и отозванные.", "Show the consents of a number, also those taken back."),
        "number": _NUMBER,
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на согласие.", "One JSON object a consent."),
    },
    "consent proof": {
        "": (
            "Справка по номеру: согласия с текстами, стоп-лист, все звонки и запреты.",
            "The proof sheet of a number: consents with texts, the stop list, all calls and refusals.",
        ),
        "number": _NUMBER,
        "report": ("Файл xlsx.", "The xlsx file."),
        "language": LANGUAGE,
        "as_json": ("То же в JSON.", "The same as JSON."),
    },
}
