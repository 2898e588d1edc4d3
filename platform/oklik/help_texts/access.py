"""Help of `oklik token` and `oklik web`."""

from oklik.help_texts.shapes import CERTIFICATE, KEY, LANGUAGE, TLS, Texts

TEXTS: dict[str, Texts] = {
    "token": {"": ("Токены: какие программы могут пользоваться API.", "Tokens: which programs may use the API.")},
    "token create": {
        "": ("Сделать токен и показать его один раз.", "Make a token and show it once."),
        "name": ("Имя: какой программы.", "A name: which program's."),
        "scope": (
            "Что ему можно, например stoplist:write; можно повторять или через запятую.",
            "What it may do, such as stoplist:write; may be repeated, or several with commas.",
        ),
        "language": LANGUAGE,
    },
    "token list": {
        "": ("Показать токены без их секретов.", "Show the tokens without their secrets."),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на токен.", "One JSON object a token."),
    },
    "token revoke": {
        "": (
            "Отозвать токен: следующий же запрос с ним будет отклонён.",
            "Take a token back: its next request is refused.",
        ),
        "name": ("Имя токена.", "The token's name."),
        "language": LANGUAGE,
    },
    "user": {"": ("Пользователи: кто входит в Oklik через браузер.", "Users: who signs in with a browser.")},
    "user code": {
        "": (
            "Показать новый одноразовый код для создания первого администратора.",
            "Show a new one-time code to create the first administrator.",
        ),
        "language": LANGUAGE,
    },
    "user list": {
        "": ("Показать пользователей.", "Show the users."),
        "language": LANGUAGE,
        "as_json": ("По одному объекту JSON на пользователя.", "One JSON object a user."),
    },
    "user link": {
        "": (
            "Дать ссылку для нового пароля, например администратору, который свой забыл.",
            "Give a link for a new password, such as to an administrator who forgot theirs.",
        ),
        "login": ("Имя для входа.", "The login."),
        "language": LANGUAGE,
    },
    "doctor": {
        "": (
            "Проверить машину, базу, коммутатор, линии и голоса и сказать, как что исправить. Ничего не меняет.",
            "Look over machine, database, switch, trunks and voices; say how each fault is mended. Changes nothing.",
        ),
        "as_json": ("Для программ: по находке в строке, JSON.", "For programs: a finding a line, JSON."),
        "language": LANGUAGE,
    },
    "web": {
        "": (
            "Запустить только страницы и API (oklik up запускает их вместе со всем).",
            "Start the pages and the API alone (oklik up starts them with everything else).",
        ),
        "host": (
            "Адрес, на котором слушать; 127.0.0.1 — только этот компьютер.",
            "Where to listen; 127.0.0.1: this machine only.",
        ),
        "port": ("Порт.", "The port."),
        "tls": TLS,
        "certificate": CERTIFICATE,
        "key": KEY,
        "language": LANGUAGE,
    },
}
