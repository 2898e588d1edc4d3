"""What `oklik token` and `oklik web` say."""

TEXTS: dict[str, tuple[str, str]] = {
    "token_made": (
        "Токен «{name}». Сохраните его сейчас: больше он не будет показан",
        "Token {name!r}. Keep it now: it will not be shown again",
    ),
    "token_line": ("{name}: {scopes}; использован {used}", "{name}: {scopes}; last used {used}"),
    "token_revoked_line": (
        "{name}: отозван ({scopes}; использован {used})",
        "{name}: revoked ({scopes}; last used {used})",
    ),
    "tokens_none": ("токенов нет; сделать: oklik token create", "there are no tokens; make one: oklik token create"),
    "token_revoked": ("токен «{name}» отозван", "token {name!r} is revoked"),
    "pages_at": ("Открыть в браузере: {where}/", "Open in the browser: {where}/"),
    "web_at": ("API: {where}/api/v1", "API: {where}/api/v1"),
    "first_start": (
        "Первый запуск: откройте страницу и создайте администратора. Одноразовый код: {code}",
        "First start: open the page and create the administrator. One-time code: {code}",
    ),
    "first_admin_code": (
        "Одноразовый код для создания администратора, действует сутки",
        "The one-time code to create the administrator; it holds for a day",
    ),
    "users_there": (
        "администратор уже создан; новый пароль: oklik user link ИМЯ",
        "the administrator is there already; for a new password: oklik user link LOGIN",
    ),
    "user_line": ("{login}: {name} ({role})", "{login}: {name} ({role})"),
    "user_disabled_line": ("{login}: {name} ({role}), отключён", "{login}: {name} ({role}), disabled"),
    "users_none": (
        "пользователей нет; первого создают на странице по коду: oklik user code",
        "there are no users; the first one is made on the page, with the code of: oklik user code",
    ),
    "user_link": (
        "{name}: допишите это к адресу Oklik и откройте; можно один раз придумать пароль, действует трое суток",
        "{name}: add this to Oklik's address and open it; it lets them choose a password, once, within three days",
    ),
    "tls_own": (
        "Сертификат подписан этой машиной ({path}): браузер спросит один раз",
        "The certificate is signed by this machine ({path}): the browser will ask once",
    ),
    "tls_pair": (
        "нужны оба файла: OKLIK_TLS_CERTIFICATE (--certificate) и OKLIK_TLS_KEY (--key)",
        "both files are needed: OKLIK_TLS_CERTIFICATE (--certificate) and OKLIK_TLS_KEY (--key)",
    ),
    "tls_unreadable": ("{path}: файл не читается", "{path}: the file cannot be read"),
    "tls_unfit": (
        "{certificate} и {secret}: нужны сертификат и его ключ в PEM, ключ без пароля",
        "{certificate} and {secret}: a certificate and its key are needed in PEM, the key without a password",
    ),
    "web_open": (
        "Oklik открыт не только для этого компьютера, а шифрования нет: добавьте --tls или поставьте прокси с TLS",
        "Oklik is open beyond this machine and does not encrypt: say --tls, or put a proxy with TLS before it",
    ),
}
