"""Settings: the audit log."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Журнал действий", "Audit log"),
    "who": ("Кто", "Who"),
    "who_hint": ("имя для входа или токен", "a login or a token"),
    "action": ("Действие", "Action"),
    "any": ("любое", "any"),
    "subject": ("С чем", "With what"),
    "since": ("С даты", "From"),
    "until": ("По дату", "To"),
    "show": ("Показать", "Show"),
    "reset": ("Сбросить", "Reset"),
    "when": ("Когда", "When"),
    "details": ("Подробности", "Details"),
    "via_api": ("через API", "by the API"),
    "via_web": ("на странице", "on a page"),
    "via_command": ("командой", "by a command"),
    "empty": ("Ничего не найдено", "Nothing found"),
    "empty_hint": ("Измените фильтр или сбросьте его.", "Change the filter, or reset it."),
    "older": ("Более ранние", "Earlier"),
}
