"""The sections of the settings."""

TEXTS: dict[str, tuple[str, str]] = {
    "trunks": ("Линии связи", "Trunks"),
    "nodes": ("Узлы FreeSWITCH", "FreeSWITCH nodes"),
    "presets": ("Наборы настроек", "Presets"),
    "dictionary": ("Словарь произношения", "Pronunciation"),
    "phones": ("Телефоны для проб", "Test phones"),
    "outcomes": ("Названия исходов", "Outcome names"),
    "holidays": ("Праздники", "Holidays"),
    "projects": ("Проекты", "Projects"),
    "users": ("Пользователи", "Users"),
    "tokens": ("Токены API", "API tokens"),
    "audit": ("Журнал действий", "Audit log"),
}
