"""Passwords that stand in manuals and in the first lines of every list that is tried."""

_WORDS = frozenset(
    {
        "cluecon",  # FreeSWITCH's own, which it also takes where none is set
        *("freeswitch", "fusionpbx", "fsadmin", "signalwire", "oklik", "postgres", "postgresql", "mysecretpassword"),
        *("password", "passw0rd", "p@ssw0rd", "secret", "admin", "admin123", "administrator", "root", "toor", "user"),
        *("test", "guest", "demo", "example", "default", "changeme", "change_me", "change-me", "letmein", "qwerty"),
        *(
            "qwerty123",
            "abc123",
            "1",
            "123",
            "1234",
            "12345",
            "123456",
            "1234567",
            "12345678",
            "123456789",
            "1234567890",
        ),
        *("111111", "000000", "пароль"),
    }
)
LEAST = 8  # characters of a password that goes over a network; `oklik switch-conf` makes 43


def is_known(password: str) -> bool:
    """Say whether anybody would try this one, whatever the case of its letters."""
    return password.strip().casefold() in _WORDS
