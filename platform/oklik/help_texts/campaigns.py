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
    "campaign recordings": {
        "": (
            "Выгрузить записи звонков кампании в папку или файл ZIP.",
            "Download the recorded calls of a campaign into a folder or a ZIP file.",
        ),
        "campaign": ("Номер или имя кампании.", "Number or name of the campaign."),
        "to": (
            "Куда: новый файл .zip или папка; что в ней уже есть, не загружается снова.",
            "Where to: a new .zip file, or a folder; what is there already is not copied again.",
        ),
        "since": ("С какого дня: ГГГГ-ММ-ДД.", "From which day on: YYYY-MM-DD."),
        "until": ("По какой день включительно: ГГГГ-ММ-ДД.", "Up to which day, that one included: YYYY-MM-DD."),
        "name": (
            "Как называть файлы: {campaign}/{date}/{phone}-{time}-{id}; {id} нужен всегда.",
            "How to name files: {campaign}/{date}/{phone}-{time}-{id}; {id} is always needed.",
        ),
        "language": LANGUAGE,
    },
}
