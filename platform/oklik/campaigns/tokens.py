"""Tokens of programs that use the API: made, recognised, taken back.

A token is 256 random bits, so its plain sha256 is all that is kept: nobody can guess one, and a stolen database holds
none that works.  It is shown once, when it is made.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run

PREFIX = "oklik_"  # so that a token that leaked into a file is found by whoever looks for such
_RANDOM_BYTES = 32
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_NAME = re.compile(r"[A-Za-zА-Яа-яЁё0-9][A-Za-zА-Яа-яЁё0-9 ._-]{0,62}")


class Scope(StrEnum):
    """What a token may do.  A scope to write does not include the one to read."""

    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    STOP_LIST_READ = "stoplist:read"
    STOP_LIST_WRITE = "stoplist:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    PROOF_READ = "proof:read"
    WHY_READ = "why:read"
    PLAN_READ = "plan:read"
    PREFLIGHT_READ = "preflight:read"
    PREFLIGHT_WRITE = "preflight:write"
    PEOPLE_WRITE = "people:write"
    PROMISES_READ = "promises:read"
    PROMISES_WRITE = "promises:write"
    JOURNAL_READ = "journal:read"
    TRUNKS_READ = "trunks:read"
    TRUNKS_WRITE = "trunks:write"
    MACHINES_READ = "machines:read"
    MACHINES_WRITE = "machines:write"
    NUMBERING_READ = "numbering:read"
    RECORDINGS_READ = "recordings:read"
    CALLS_READ = "calls:read"
    CALLS_WRITE = "calls:write"
    SCENARIOS_READ = "scenarios:read"
    SCENARIOS_WRITE = "scenarios:write"
    SCENARIOS_PUBLISH = "scenarios:publish"
    PROMPTS_READ = "prompts:read"
    PROMPTS_WRITE = "prompts:write"
    RESULTS_READ = "results:read"
    PRESETS_READ = "presets:read"
    PRESETS_WRITE = "presets:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    TOKENS_READ = "tokens:read"
    TOKENS_WRITE = "tokens:write"
    AUDIT_READ = "audit:read"
    LISTS_READ = "lists:read"
    LISTS_WRITE = "lists:write"
    DICTIONARY_READ = "dictionary:read"
    DICTIONARY_WRITE = "dictionary:write"
    PROJECTS_READ = "projects:read"
    PROJECTS_WRITE = "projects:write"
    PHONES_READ = "phones:read"
    PHONES_WRITE = "phones:write"
    PHONES_CONFIRM = "phones:confirm"
    HOLIDAYS_READ = "holidays:read"
    HOLIDAYS_WRITE = "holidays:write"
    OUTCOMES_READ = "outcomes:read"
    OUTCOMES_WRITE = "outcomes:write"
    PROFILE_READ = "profile:read"
    PROFILE_WRITE = "profile:write"


class Token(msgspec.Struct, frozen=True):
    """A token as it is kept; the secret itself is nowhere.  user_id, role: whose it is, None for a command's."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    user_id: int | None = None
    expires_at: dt.datetime | None = None
    role: str | None = None


class TokenRefused(ValueError):
    """A token cannot be made or taken back.  text: one line in "ru" and "en"; str() the English one."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def create(
    conn: Connection,
    name: str,
    scopes: list[str],
    now: dt.datetime,
    *,
    user_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> str:
    """Make a token and give it; it can never be read again.  Raises TokenRefused.

    user_id: whose it is; expires_at: from when on it is refused.
    """
    if not _NAME.fullmatch(name):
        raise TokenRefused(
            f"имя «{name[:63]}»: нужны буквы, цифры, пробел, точка, дефис, до 63 знаков",
            f"name {name[:63]!r}: letters, digits, space, dot and hyphen are expected, 63 at most",
        )
    known = ", ".join(Scope)
    wrong = [scope for scope in scopes if scope not in list(Scope)]
    if wrong or not scopes:
        given = ", ".join(wrong) or "—"
        raise TokenRefused(f"право «{given}» неизвестно; есть: {known}", f"no such scope: {given}; there are: {known}")
    if expires_at is not None and expires_at <= now:
        raise TokenRefused("срок уже прошёл", "that moment is over already")
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    made = run(
        conn,
        """INSERT INTO api_token (name, digest, scopes, created_at, user_id, expires_at)
           VALUES (:name, :digest, CAST(:scopes AS text[]), :now, :user, :expires)
           ON CONFLICT (name) DO NOTHING RETURNING id""",
        name=name,
        digest=digest_of(token),
        scopes=sorted(set(scopes)),
        now=now,
        user=user_id,
        expires=expires_at,
    )
    if made.first() is None:
        raise TokenRefused(
            f"токен «{name}» уже есть; имена не повторяются и после отзыва",
            f"there is a token {name!r} already; names are not used again, not even after a revocation",
        )
    return token


def recognise(conn: Connection, token: str, now: dt.datetime) -> Token | None:
    """Give the token that this is and note that it is used.

    None for one that is unknown, expired, taken back, or of somebody who is disabled.
    """
    if not _TOKEN.fullmatch(token):
        return None
    digest = digest_of(token)
    row = run(
        conn,
        f"{_SELECT} WHERE t.digest = :digest AND u.disabled_at IS NULL",
        digest=digest,
    ).first()
    if row is None or not hmac.compare_digest(row.digest, digest) or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    run(
        conn,
        """UPDATE api_token SET last_used_at = :now
           WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :now - interval '1 minute')""",
        id=row.id,
        now=now,
    )
    return _token(row)


def holds(conn: Connection, token_id: int, now: dt.datetime) -> bool:
    """Tell whether a token would still be recognised; nothing is noted."""
    return bool(
        run(
            conn,
            """SELECT EXISTS (SELECT FROM api_token t LEFT JOIN user_account u ON u.id = t.user_id
               WHERE t.id = :id AND t.revoked_at IS NULL AND u.disabled_at IS NULL
                 AND (t.expires_at IS NULL OR t.expires_at > :now))""",
            id=token_id,
            now=now,
        ).scalar_one()
    )


def revoke(conn: Connection, name: str, now: dt.datetime) -> None:
    """Take a token back: it is refused from the next request on.  Raises TokenRefused for one that does not hold."""
    done = run(
        conn,
        "UPDATE api_token SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL",
        name=name,
        now=now,
    )
    if not done.rowcount:
        raise TokenRefused(f"действующего токена «{name}» нет", f"there is no valid token {name!r}")


def all_tokens(conn: Connection) -> list[Token]:
    """Give all tokens, the latest first."""
    return [_token(row) for row in run(conn, f"{_SELECT} ORDER BY t.id DESC")]


_SELECT = """SELECT t.id, t.name, t.scopes, t.created_at, t.last_used_at, t.revoked_at, t.user_id, t.expires_at,
                    t.digest, u.role
             FROM api_token t LEFT JOIN user_account u ON u.id = t.user_id"""


def _token(row: Any) -> Token:
    return Token(
        row.id,
        row.name,
        tuple(row.scopes),
        row.created_at,
        row.last_used_at,
        row.revoked_at,
        row.user_id,
        row.expires_at,
        row.role,
    )


def digest_of(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
