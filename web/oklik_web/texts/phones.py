"""Settings: phones for tests."""

TEXTS: dict[str, tuple[str, str]] = {
    "lead": (
        (
            "Проверочные звонки — сценария «на мой телефон» и линии связи — идут только на эти телефоны: свои люди, "
            "которые ждут звонка."
        ),
        "Test calls, of a scenario or of a trunk, ring these phones only: your own people, who expect the call.",
    ),
    "number": ("Телефон", "Phone"),
    "number_hint": ("Мобильный или городской: 8 916 123-45-67", "With the code of the country: +7 916 123-45-67"),
    "name": ("Чей это телефон", "Whose phone it is"),
    "name_hint": ("Имя и фамилия сотрудника", "Name of the colleague"),
    "to_confirm": (
        "Администратор подтвердит телефон, и на него можно будет звонить.",
        "An administrator confirms the phone; then it may be rung.",
    ),
    "add": ("Добавить", "Add"),
    "propose": ("Предложить", "Propose"),
    "state": ("Состояние", "State"),
    "confirmed": ("Подтверждён", "Confirmed"),
    "proposed": ("Ждёт подтверждения", "To be confirmed"),
    "added": ("добавлен", "added"),
    "confirm": ("Подтвердить", "Confirm"),
    "remove": ("Убрать", "Take out"),
    "is_added": ("На {number} теперь можно звонить для пробы", "{number} may now be rung for tests"),
    "is_proposed": ("Телефон {number} ждёт подтверждения администратора", "{number} waits for an administrator"),
    "is_confirmed": ("На {number} теперь можно звонить для пробы", "{number} may now be rung for tests"),
    "is_removed": ("Телефон {number} убран", "{number} is taken out"),
    "empty": ("Телефонов для проб пока нет", "No test phones yet"),
    "empty_hint": (
        "Добавьте свой мобильный: на него можно будет позвонить сценарием до запуска.",
        "Add your own mobile: a scenario can ring it before it is launched.",
    ),
}
