"""Help of `oklik scenario`."""

from oklik.help_texts.shapes import LANGUAGE, SCENARIO, Texts

TEXTS: dict[str, Texts] = {
    "scenario": {"": ("Проверить сценарий, никому не звоня.", "Look at scenarios without calling anyone.")},
    "scenario check": {
        "": (
            "Найти ошибки до первого звонка; если они есть, код выхода 2.",
            "Look for mistakes before the first call; exit code 2 when there are errors.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "longest": (
            "Сколько секунд может звучать один текст.",
            "How many seconds one text may take to say.",
        ),
        "language": LANGUAGE,
    },
    "scenario simulate": {
        "": (
            "Пройти сценарий без телефона: что слышно, что нажато, куда это ведёт.",
            "Go through a scenario without a phone: what is heard, what is pressed, where it leads.",
        ),
        "file": SCENARIO,
        "contact": ("Поля контакта, объект JSON.", "The contact's fields as a JSON object."),
        "keys": (
            (
                'Кнопки по вопросам: "1 2# -"; - это молчание, x кладёт трубку, !talked !no_agent !failed !left '
                "завершают перевод на оператора."
            ),
            'Keys by question: "1 2# -"; - is silence, x hangs up, !talked !no_agent !failed !left end a transfer.',
        ),
        "today": ("ГГГГ-ММ-ДД, день звонка.", "YYYY-MM-DD, the day of the call."),
        "time": (
            "ЧЧ:ММ, время там, где человек; без него 12:00 названного дня или сейчас.",
            "HH:MM, the time where the person is; without it noon of the day that is given, or now.",
        ),
        "who": (
            "Кто это, любое слово: от него зависит жребий шага split; без него решают поля контакта.",
            "Who it is, any word: the lot of a split depends on it; without it the contact's fields decide.",
        ),
        "language": ("Один из языков сценария.", "One of the scenario's languages."),
        "as_json": ("По одному объекту JSON в строке.", "One JSON object a line."),
        "save": (
            "Записать звонок под этим названием в golden/ рядом со сценарием, чтобы потом сверять (scenario golden).",
            "Keep the call under this name in golden/ beside the scenario, to be replayed (scenario golden).",
        ),
        "update": (
            "Заменить записанный прогон с тем же названием.",
            "Replace the run that is kept under the same name.",
        ),
    },
    "scenario golden": {
        "": (
            "Пройти сохранённые прогоны заново и сказать, что изменилось; если что-то изменилось, код выхода 1.",
            "Replay the golden runs beside scenarios; exit code 1 when one goes otherwise than it is written.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "update": (
            "Записать прогоны заново: так, как они проходят сейчас.",
            "Write the runs anew, as they go now.",
        ),
        "language": LANGUAGE,
    },
    "scenario diff": {
        "": (
            "Сказать словами, чем одна версия сценария отличается от другой; если отличается, код выхода 1.",
            "Say in words what changed between two versions of a scenario; exit code 1 when anything did.",
        ),
        "old": ("Прежняя версия, YAML или JSON.", "The earlier version, YAML or JSON."),
        "new": ("Новая версия, YAML или JSON.", "The new version, YAML or JSON."),
        "as_json": ("По одному объекту JSON на отличие.", "One JSON object a difference."),
        "language": LANGUAGE,
    },
    "scenario translations": {
        "": (
            "Показать, что переведено на каждый язык сценария, а чего не хватает.",
            "Show what is translated into each language of a scenario, and what is missing.",
        ),
        "file": SCENARIO,
        "as_json": ("По одному объекту JSON на язык.", "One JSON object a language."),
        "language": LANGUAGE,
    },
    "scenario explore": {
        "": (
            "Пройти все звонки, какие возможны: тупики, круги, самый долгий звонок. Код выхода 1, если что-то нашлось.",
            "Walk all calls that are possible: dead ends, circles, the longest call. Exit code 1 on findings.",
        ),
        "files": ("Сценарии, YAML или JSON.", "Scenarios, YAML or JSON."),
        "contact": (
            "Поля контакта, объект JSON; без него люди составляются по столбцам и условиям.",
            "The contact's fields as a JSON object; without it people are made up from columns and conditions.",
        ),
        "today": ("ГГГГ-ММ-ДД, день звонка.", "YYYY-MM-DD, the day of the call."),
        "language": ("Один из языков сценария; без него все.", "One of the scenario's languages; all by default."),
        "seconds": ("Сколько секунд идти по одному сценарию.", "Seconds to walk one scenario."),
        "states": ("Сколько состояний звонка различать.", "How many states of a call to tell apart."),
        "as_json": ("По одному объекту JSON на сценарий.", "One JSON object a scenario."),
    },
}
