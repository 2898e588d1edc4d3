"""Accounts of people: made, changed, disabled.  Whatever takes a right away signs them out everywhere at once.

Passwords come here as their hashes (`passwords`).  There is always an admin who can sign in: the last one keeps role
and account.
"""

import datetime as dt
import re

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import one_time_codes
from oklik.campaigns.permissions import Role
from oklik.campaigns.rows import run
from oklik.campaigns.web_sessions import end_sessions

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,62}")
NAME_MOST = 100


class User(msgspec.Struct, frozen=True):
    """An account.  ready: a password is chosen; disabled_at: since when they are not let in."""

    id: int
    login: str
    name: str
    role: str
    language: str | None
    ready: bool
    created_at: dt.datetime
    last_login_at: dt.datetime | None
    disabled_at: dt.datetime | None


class UserRefused(ValueError):
    """An account cannot be made or changed so.  field: to blame; text: one line in "ru" and "en"."""

    def __init__(self, field: str, ru: str, en: str) -> None:
        self.field, self.text = field, {"ru": ru, "en": en}
        super().__init__(en)


class NoSuchUser(UserRefused):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__("id", "такого пользователя нет", "there is no such user")


def make_first_admin(conn: Connection, code: str, login: str, name: str, password: str, now: dt.datetime) -> int:  # noqa: PLR0917
    """Make the admin of an installation that has nobody, for whoever has the code.  Raises UserRefused."""
    if one_time_codes.anybody(conn) or not one_time_codes.take_first_admin_code(conn, code, now):
        raise UserRefused("code", "код не подходит или устарел", "the code does not fit or is too old")
    user_id = add_user(conn, login, name, Role.ADMIN, now)
    run(conn, "UPDATE user_account SET password = :password WHERE id = :id", id=user_id, password=password)
    return user_id


def add_user(conn: Connection, login: str, name: str, role: str, now: dt.datetime) -> int:
    """Make an account without a password and give its id.  Raises UserRefused."""
    login, name = login.strip().lower(), name.strip()
    if not _LOGIN.fullmatch(login):
        raise UserRefused(
            "login",
            "имя для входа: латинские буквы, цифры и . _ - @ +, до 63 знаков",
            "a login is Latin letters, digits and . _ - @ +, 63 at most",
        )
    _check_name(name)
    made = run(
        conn,
        """INSERT INTO user_account (login, name, role, created_at) VALUES (:login, :name, :role, :now)
           ON CONFLICT (login) DO NOTHING RETURNING id""",
        login=login,
        name=name,
        role=_role(role),
        now=now,
    ).first()
    if made is None:
        raise UserRefused("login", f"имя для входа «{login}» уже занято", f"the login {login!r} is taken")
    return int(made.id)


def password_of(conn: Connection, login: str) -> tuple[int, str | None] | None:
    """Give id and password's hash of who may sign in by this login; None for nobody."""
    row = run(
        conn,
        "SELECT id, password FROM user_account WHERE login = :login AND disabled_at IS NULL",
        login=login.strip().lower()[:100],
    ).first()
    return None if row is None else (row.id, row.password)


def note_login(conn: Connection, user_id: int, now: dt.datetime, *, rehashed: str | None = None) -> None:
    """Note that they signed in.  rehashed: the same password by newer parameters."""
    run(
        conn,
        "UPDATE user_account SET last_login_at = :now, password = coalesce(:password, password) WHERE id = :id",
        id=user_id,
        now=now,
        password=rehashed,
    )


def set_password(conn: Connection, user_id: int, password: str) -> None:
    """Keep another password's hash; they are signed out everywhere, and links for them hold no more."""
    run(conn, "UPDATE user_account SET password = :password WHERE id = :id", id=user_id, password=password)
    one_time_codes.forget_links(conn, user_id)
    end_sessions(conn, user_id)


def set_role(conn: Connection, user_id: int, role: str) -> None:
    """Give another role; they are signed out everywhere.  Raises UserRefused."""
    _one_at_a_time(conn)
    user = get_user(conn, user_id)
    if user.role == _role(role):
        return
    if user.role == Role.ADMIN:
        _check_not_last(conn, user)
    run(conn, "UPDATE user_account SET role = :role WHERE id = :id", id=user_id, role=role)
    end_sessions(conn, user_id)


def set_disabled(conn: Connection, user_id: int, disabled: bool, now: dt.datetime) -> None:
    """Shut an account, or open it again; a shut one is signed out and its tokens are refused.  Raises UserRefused."""
    _one_at_a_time(conn)
    user = get_user(conn, user_id)
    if disabled and user.role == Role.ADMIN:
        _check_not_last(conn, user)
    run(
        conn,
        "UPDATE user_account SET disabled_at = :at WHERE id = :id AND (disabled_at IS NULL) = :changes",
        id=user_id,
        at=now if disabled else None,
        changes=disabled,
    )
    if disabled:
        one_time_codes.forget_links(conn, user_id)
        end_sessions(conn, user_id)


def set_name(conn: Connection, user_id: int, name: str, language: str | None) -> None:
    """Change what a person may change themselves.  Raises UserRefused."""
    name = name.strip()
    _check_name(name)
    run(
        conn,
        "UPDATE user_account SET name = :name, language = :language WHERE id = :id",
        id=user_id,
        name=name,
        language=language,
    )


def set_language(conn: Connection, user_id: int, language: str) -> None:
    """Keep the language that somebody switched to."""
    run(conn, "UPDATE user_account SET language = :language WHERE id = :id", id=user_id, language=language)


def get_user(conn: Connection, user_id: int) -> User:
    """Give one account.  Raises NoSuchUser."""
    row = run(conn, f"{_SELECT} WHERE id = :id", id=user_id).first()
    if row is None:
        raise NoSuchUser
    return User(*row)


def find_user(conn: Connection, login: str) -> User:
    """Give the account of this login.  Raises NoSuchUser."""
    row = run(conn, f"{_SELECT} WHERE login = :login", login=login.strip().lower()).first()
    if row is None:
        raise NoSuchUser
    return User(*row)


def all_users(conn: Connection) -> list[User]:
    """Give all accounts, those that are shut last."""
    return [User(*row) for row in run(conn, f"{_SELECT} ORDER BY disabled_at IS NOT NULL, login")]


_SELECT = """SELECT id, login, name, role, language, password IS NOT NULL, created_at, last_login_at, disabled_at
             FROM user_account"""


def _role(role: str) -> str:
    if role not in list(Role):
        known = ", ".join(Role)
        raise UserRefused("role", f"роль — одна из: {known}", f"a role is one of: {known}")
    return role


def _check_name(name: str) -> None:
    if not name or len(name) > NAME_MOST:
        raise UserRefused("name", f"имя: от 1 до {NAME_MOST} знаков", f"a name has 1 to {NAME_MOST} characters")


def _one_at_a_time(conn: Connection) -> None:
    """Two admins who shut each other out would each see the other one still there."""
    run(conn, "LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE")


def _check_not_last(conn: Connection, user: User) -> None:
    """An installation without an admin could be had back by the command line only."""
    others = run(
        conn,
        """SELECT 1 FROM user_account
           WHERE role = 'admin' AND disabled_at IS NULL AND password IS NOT NULL AND id <> :id LIMIT 1""",
        id=user.id,
    ).first()
    if others is None:
        raise UserRefused(
            "role",
            "это последний администратор: сначала назначьте другого",
            "this is the last admin: name another one first",
        )
