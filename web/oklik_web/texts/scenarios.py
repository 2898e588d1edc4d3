"""The frames of the scenario pages; the editor's own words are in web/editor/src/texts."""

TEXTS = {
    "all": ("Сценарии", "Scenarios"),
    "loading": ("Открываем…", "Opening…"),
}
