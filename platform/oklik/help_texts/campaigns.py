"""Help of `oklik campaign`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

TEXTS: dict[str, Texts] = {
    "campaign": {"": ("Кампании: какие есть и что с ними.", "Campaigns: which there are, and how they do.")},
    "campaign list": {
        "": (
            "Показать все кампании: номер, проект, имя, состояние, сколько контактов закончено.",
            "Show all campaigns: number, project, name, state, and how many contacts are done.",
        ),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на кампанию.", "One JSON object a campaign."),
    },
    "campaign machines": {
        "": (
            "Показать, кто был у телефона: кнопки, сигналы автоответчиков, ложные ответы, ошибка распознавания.",
            "Show who was at the phone: keys, beeps of machines, false answers, the detector's error.",
        ),
        "campaign": ("Номер кампании или её имя.", "The campaign's number or name."),
        "language": LANGUAGE,
        "as_json": ("Одним объектом JSON.", "As one JSON object."),
    },
    "campaign preflight": {
        "": (
            (
                "Проверить кампанию перед запуском: кому и когда можно звонить, что мешает, сколько продлится и "
                "сколько стоит. Никому не звонит и ничего не меняет."
            ),
            (
                "Check a campaign before its launch: who can be called when, what is in the way, how long it takes "
                "and what it costs. Calls nobody and changes nothing."
            ),
        ),
        "campaign": ("Номер или имя кампании.", "The campaign's number or name."),
        "at": (
            "Момент, для которого проверить, например 2026-11-27T18:00 по часам офиса. Иначе — сейчас.",
            "The moment to check for, such as 2026-11-27T18:00 by the office's clock. Now, if not given.",
        ),
        "days": ("На сколько дней смотреть вперёд.", "How many days to look ahead."),
        "attempt_price": (
            "Цена звонка, если она не записана у линии.",
            "Price of a call, where the trunk's is not known or another is meant.",
        ),
        "minute_price": (
            "Цена минуты разговора, если она не записана у линии.",
            "Price of a minute of talk, where the trunk's is not known or another is meant.",
        ),
        "language": LANGUAGE,
        "as_json": ("Один объект JSON.", "One JSON object."),
    },
    "campaign recordings": {
        "": (
            "Выгрузить записи звонков кампании в папку или файл ZIP, или задать, как они называются.",
            "Download the recorded calls of a campaign into a folder or a ZIP file, or say how they are named.",
        ),
        "campaign": ("Номер или имя кампании.", "Number or name of the campaign."),
        "to": (
            "Куда: новый файл .zip или папка; что в ней уже есть, не загружается снова.",
            "Where to: a new .zip file, or a folder; what is there already is not copied again.",
        ),
        "since": ("С какого дня: ГГГГ-ММ-ДД.", "From which day on: YYYY-MM-DD."),
        "until": ("По какой день включительно: ГГГГ-ММ-ДД.", "Up to which day, that one included: YYYY-MM-DD."),
        "name": (
            (
                "Как называть файлы, обычно {campaign}/{date}/{phone}-{time}-{id}; одинаковые имена нумеруются. "
                "С --to — в этой выгрузке, без него — отныне во всех выгрузках и отчётах кампании."
            ),
            (
                "How to name files, usually {campaign}/{date}/{phone}-{time}-{id}; equal names are numbered. "
                "With --to in this download, without it in all downloads and reports of the campaign from now on."
            ),
        ),
        "language": LANGUAGE,
    },
}
