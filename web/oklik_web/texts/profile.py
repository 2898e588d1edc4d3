"""One's own profile."""

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Мой профиль", "My profile"),
    "about": ("Обо мне", "About me"),
    "name": ("Имя", "Name"),
    "login": ("Имя для входа", "Login"),
    "role": ("Роль", "Role"),
    "language": ("Язык", "Language"),
    "ru": ("Русский", "Русский"),
    "en": ("English", "English"),
    "save": ("Сохранить", "Save"),
    "saved": ("Профиль сохранён", "The profile is saved"),
    "password": ("Пароль", "Password"),
    "old": ("Нынешний пароль", "Current password"),
    "new": ("Новый пароль", "New password"),
    "again": ("Новый пароль ещё раз", "The new password again"),
    "change": ("Сменить пароль", "Change the password"),
    "change_hint": ("На других компьютерах вы выйдете.", "You are signed out on other computers."),
    "password_saved": (
        "Пароль сменён; на других компьютерах вы вышли",
        "The password is changed; other computers are signed out",
    ),
    "not_the_old": ("это не нынешний пароль", "this is not the current password"),
}
