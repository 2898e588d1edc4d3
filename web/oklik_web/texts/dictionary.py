"""Settings: how words are read aloud."""

TEXTS: dict[str, tuple[str, str]] = {
    "lead": (
        (
            "Если робот читает слово неправильно, запишите здесь, как его произнести. Новое чтение звучит в кампаниях, "
            "которые запущены после этого."
        ),
        "Where the robot reads a word wrongly, say here how to speak it. It holds in campaigns launched after that.",
    ),
    "word": ("Слово", "Word"),
    "word_hint": ("Как в тексте: ООО, руб., договор", "As in the text: Ltd, ext., invoice"),
    "reading": ("Как читать", "Reading"),
    "reading_hint": (
        "Словами или с ударением: рублей, догово\u0301р",
        "In words: limited, extension",
    ),
    "language": ("Язык", "Language"),
    "language_ru": ("русский", "Russian"),
    "language_en": ("английский", "English"),
    "changed": ("Изменено", "Changed"),
    "keep": ("Добавить", "Add"),
    "remove": ("Убрать", "Take out"),
    "is_kept": ("Слово «{word}» записано", "“{word}” is kept"),
    "is_removed": ("Слово «{word}» убрано", "“{word}” is taken out"),
    "empty": ("Своих слов пока нет", "No words of your own yet"),
    "empty_hint": (
        "Обычные сокращения, например «руб.» и «ул.», робот читает и так.",
        "The robot knows usual abbreviations by itself.",
    ),
}
