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
}
