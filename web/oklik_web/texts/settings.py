"""The sections of the settings."""

TEXTS: dict[str, tuple[str, str]] = {
    "trunks": ("Линии связи", "Trunks"),
    "nodes": ("Узлы FreeSWITCH", "FreeSWITCH nodes"),
    "presets": ("Заготовки", "Presets"),
    "dictionary": ("Словарь произношения", "Pronunciation"),
    "outcomes": ("Названия исходов", "Outcome names"),
    "holidays": ("Праздники", "Holidays"),
    "users": ("Пользователи", "Users"),
    "tokens": ("Токены API", "API tokens"),
    "audit": ("Журнал действий", "Audit log"),
}
