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
    "web_at": ("API: http://{host}:{port}/api/v1", "API: http://{host}:{port}/api/v1"),
    "web_open": (
        "API слушает не только этот компьютер. Шифрования здесь нет: поставьте перед ним прокси с TLS",
        "The API listens beyond this machine. It does not encrypt: put a proxy with TLS before it",
    ),
}
