"""Help of `oklik numbering`."""

from oklik.help_texts.shapes import LANGUAGE, Texts

TEXTS: dict[str, Texts] = {
    "numbering": {
        "": (
            "Реестр нумерации России: кому и в каком регионе выделены номера.",
            "Russia's numbering register: to whom and in which region numbers were given.",
        )
    },
    "numbering import": {
        "": (
            (
                "Загрузить файлы открытого реестра (ABC-3xx, ABC-4xx, ABC-8xx, DEF-9xx в CSV). Файл целиком заменяет "
                "то, что было загружено из него раньше."
            ),
            (
                "Import files of the public register (ABC-3xx, ABC-4xx, ABC-8xx, DEF-9xx as CSV). A file takes the "
                "place of what came from it before."
            ),
        ),
        "files": ("Файлы реестра.", "Files of the register."),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на файл.", "One JSON object a file."),
    },
    "numbering look": {
        "": (
            "Что известно о номере: вид, оператор, регион, часовые пояса, и что из этого решает.",
            "What is known of a number: kind, operator, region, time zones, and what decides.",
        ),
        "number": ("Номер в любом написании.", "The number, however written."),
        "zone": ("Регион базы, как в oklik run --zone.", "Region of the list, as in oklik run --zone."),
        "language": LANGUAGE,
        "as_json": ("Один объект JSON.", "One JSON object."),
    },
}
