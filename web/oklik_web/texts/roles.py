"""Roles in words."""

TEXTS: dict[str, tuple[str, str]] = {
    "admin": ("Администратор", "Administrator"),
    "supervisor": ("Супервизор", "Supervisor"),
    "marketer": ("Маркетолог", "Marketer"),
    "agent": ("Оператор", "Agent"),
}
