"""Signing in, the first admin, choosing a password."""

TEXTS: dict[str, tuple[str, str]] = {
    "sign_in": ("Вход", "Sign in"),
    "sign_in_button": ("Войти", "Sign in"),
    "login": ("Имя для входа", "Login"),
    "password": ("Пароль", "Password"),
    "wrong": ("Имя или пароль не подходят", "Login or password do not fit"),
    "wait": (
        "Слишком много попыток. Повторите через {minutes} {minutes:минуту|минуты|минут}",
        "Too many attempts. Try again in {minutes} {minutes:minute|minutes}",
    ),
    "forgot": (
        "Забыли пароль? Администратор пришлёт ссылку для нового.",
        "Forgot it? An administrator can send you a link for a new one.",
    ),
    "first_title": ("Первый запуск", "First start"),
    "first_lead": (
        "Создайте администратора. Он добавит остальных пользователей.",
        "Create the administrator, who will add everybody else.",
    ),
    "code": ("Одноразовый код", "One-time code"),
    "code_help": (
        "Код виден там, где запустили Оклик: он написан в окне программы. Его знает тот, кто её запускал",
        "The code is written in the window in which Oklik was started. Whoever started it knows it",
    ),
    "name": ("Как вас зовут", "Your name"),
    "login_help": ("Латинские буквы и цифры, можно адрес почты", "Latin letters and digits; an e-mail address will do"),
    "password_help": (
        "Не короче {least} знаков; длинная фраза лучше всего",
        "At least {least} characters; a long phrase is best",
    ),
    "password_again": ("Пароль ещё раз", "The password again"),
    "first_button": ("Создать и войти", "Create and sign in"),
    "welcome": ("Добро пожаловать, {name}!", "Welcome, {name}!"),
    "signed_out": ("Вы вышли", "You have signed out"),
    "password_short": ("не короче {least} знаков", "at least {least} characters"),
    "password_long": ("не длиннее {most} знаков", "{most} characters at most"),
    "password_same": ("слишком похож на имя для входа", "too much like the login"),
    "password_plain": ("слишком простой: повторы или знаки подряд", "too plain: repetitions or characters in a row"),
    "choose_title": ("Новый пароль", "New password"),
    "choose_lead": (
        "{name}, придумайте пароль для входа ({login}).",
        "{name}, choose the password to sign in with ({login}).",
    ),
    "choose_button": ("Сохранить и войти", "Save and sign in"),
    "link_over": ("Ссылка не действует", "This link does not work"),
    "link_over_hint": (
        "Она уже использована или устарела. Попросите у администратора новую.",
        "It was used already or is too old. Ask an administrator for a new one.",
    ),
    "tagline": (
        "Обзвон со сценарием: сообщения, опросы, напоминания",
        "Calls by a scenario: messages, surveys, reminders",
    ),
}
