"""The words of the proof sheet of a number, in Russian and English."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Справка по номеру {number}", "Proof sheet of {number}"),
    "made": (
        "Составлена {at} ({zone}). Время в справке — по этому часовому поясу.",
        "Made {at} ({zone}). All times are of this zone.",
    ),
    "sheet": ("Справка", "Proof sheet"),
    "sheet_calls": ("Звонки", "Calls"),
    "sheet_refusals": ("Запреты", "Refusals"),
    "may_call": ("Можно ли звонить", "May it be called"),
    "no_listed": ("Нет: номер в стоп-листе с {at}", "No: on the stop list since {at}"),
    "no_other": (
        "Нет: в стоп-листе другой номер того же человека ({numbers})",
        "No: another number of the same person is on the stop list ({numbers})",
    ),
    "yes": (
        "Номер не в стоп-листе. Для целей, требующих согласия, см. согласия ниже",
        "Not on the stop list. For purposes that need consent see the consents below",
    ),
    "consents": ("Согласия", "Consents"),
    "consents_told": ("действует {holding}, отозвано {revoked}", "{holding} in force, {revoked} revoked"),
    "stop_list": ("История стоп-листа", "History of the stop list"),
    "calls": ("Звонки", "Calls"),
    "calls_told": (
        "всего {calls}, с ответом {answered}; последний {last}",
        "{calls} in all, {answered} answered; the last {last}",
    ),
    "refusals": ("Запреты на звонок", "Calls refused"),
    "refusals_told": (
        "система отказала себе в звонке, раз: {n} (лист «Запреты»)",
        "the system refused itself a call, times: {n} (sheet “Refusals”)",
    ),
    "none": ("нет", "none"),
    "consent": ("Согласие {n}: {purpose}", "Consent {n}: {purpose}"),
    "holds": ("действует", "in force"),
    "not_yet": ("ещё не действует", "not in force yet"),
    "revoked": ("отозвано", "revoked"),
    "state": ("Состояние", "State"),
    "given_at": ("Дано", "Given"),
    "source": ("Где получено", "Where it was given"),
    "given_by": ("Кем дано", "Given by"),
    "bearer": ("абонентом номера", "the bearer of the number"),
    "person": ("человеком с ключом {who}", "the person with the key {who}"),
    "recorded": ("Записано", "Recorded"),
    "recorded_told": ("{at}, {by}", "{at}, {by}"),
    "revoked_told": (
        "{at}, источник: {source}; записано {recorded_at}, {by}",
        "{at}, source: {source}; recorded {recorded_at}, {by}",
    ),
    "version": ("Версия текста", "Version of the text"),
    "digest": ("SHA-256 текста", "SHA-256 of the text"),
    "text": ("Текст", "Text"),
    "text_missing": ("текст не сохранён, известна только версия", "the text was not kept, only its version is known"),
    "at": ("Когда", "When"),
    "event": ("Событие", "Event"),
    "added": ("внесён", "put on the list"),
    "repeated": ("повторная просьба", "asked for again"),
    "removed": ("исключён", "taken off the list"),
    "event_source": ("Источник", "Source"),
    "reason": ("Причина", "Reason"),
    "by": ("Кто записал", "Recorded by"),
    "in_call": ("в звонке", "in the call"),
    "import": ("файл", "file"),
    "call": ("звонок", "call"),
    "command": ("команда", "command"),
    "api": ("API", "API"),
    "campaign": ("Кампания", "Campaign"),
    "purpose": ("Цель", "Purpose"),
    "caller_id": ("С номера", "Caller id"),
    "outcome": ("Итог", "Outcome"),
    "talk": ("Разговор", "Talk"),
    "hangup_by": ("Кто завершил", "Ended by"),
    "legal_until": ("Разрешён до", "Allowed until"),
    "kind": ("Вид", "Kind"),
    "real": ("звонок", "call"),
    "virtual": ("репетиция", "rehearsal"),
    "rehearsals": (
        "Есть репетиции на виртуальном коммутаторе: в них реальным людям не звонили.",
        "There are rehearsals on the virtual switch among these: nobody real was called in them.",
    ),
    "going_on": ("идёт", "going on"),
    "why": ("Почему нельзя", "Why not"),
    "next_at": ("Не раньше", "Not before"),
    "never": ("никогда в этой кампании", "never in this campaign"),
    "advice": (
        "Справка составлена по записям системы, сделанным в момент событий; она не является юридическим заключением.",
        "Made from what the system recorded at the time of each event; it is no legal opinion.",
    ),
    "list_title": ("Стоп-лист", "Stop list"),
    "list_phone": ("Телефон", "Phone"),
    "list_since": ("В стоп-листе с", "Listed since"),
    "page": ("Страница &P из &N", "Page &P of &N"),
}


def proof_word(key: str, language: str, **values: object) -> str:
    """A phrase of the sheet; languages other than ru read as en."""
    text = TEXTS[key][0 if language == "ru" else 1]
    return text.format(**values) if values else text
