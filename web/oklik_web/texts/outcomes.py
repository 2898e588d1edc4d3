"""Settings: names of outcomes."""

TEXTS: dict[str, tuple[str, str]] = {
    "lead": (
        (
            "Как называть исходы звонков на странице кампании, в результатах, карточке контакта и Excel. Пустое поле — "
            "обычное название. Смысл исходов не меняется: повторы и отчёты считают их как прежде."
        ),
        (
            "What outcomes of calls are called on campaigns' pages, in results, on contacts' cards and in Excel. An "
            "empty field means the standard name. What an outcome means does not change."
        ),
    ),
    "in_russian": ("По-русски вместо «{name}»", "In Russian, instead of “{name}”"),
    "in_english": ("По-английски вместо «{name}»", "In English, instead of “{name}”"),
    "keep": ("Записать", "Keep"),
    "restore": ("Вернуть обычное название", "Restore the standard name"),
    "is_kept": ("Название записано", "The name is kept"),
    "is_restored": ("Обычное название возвращено", "The standard name is restored"),
}
