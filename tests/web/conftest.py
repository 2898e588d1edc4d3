"""The API on a real PostgreSQL, asked through Flask's own client."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from campaigns.world import World
from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.postgres import *  # noqa: F403

if TYPE_CHECKING:
    from web.pages import Browser

NOW = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)


class Stopped:
    """A clock that shows what it is told."""

    speed = 1.0

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> dt.datetime:
        return self.moment

    def sleep(self, campaign_s: float) -> None:
        raise AssertionError("nobody waits here")

    def real_s(self, campaign_s: float) -> float:
        return campaign_s


class Api:
    """The client of a program with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **more}

    def post(self, path: str, body: Any = None, **more: str) -> Any:
        headers = self.headers({name.replace("_", "-"): value for name, value in more.items()})
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)

    def get(self, path: str, **more: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers(more))


@pytest.fixture
def clock() -> Stopped:
    return Stopped()


@pytest.fixture
def client(engine: Engine, clock: Stopped) -> FlaskClient:
    return create_app(
        engine, WebSettings(requests=50, per_s=5.0, body_bytes=100_000, hash_rounds=1, hash_kib=32), clock=clock
    ).test_client()


@pytest.fixture
def token_for(engine: Engine) -> Callable[..., str]:
    def make(name: str, *scopes: Scope) -> str:
        with engine.begin() as conn:
            return tokens.create(conn, name, [str(scope) for scope in scopes], NOW)

    return make


@pytest.fixture
def api(client: FlaskClient, token_for: Callable[..., str]) -> Api:
    """One that may do everything."""
    return Api(client, token_for("crm", *Scope))


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    """A world that is committed bit by bit, as the API sees it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        made = World(conn)
        made.base()
        yield made


@pytest.fixture
def browser(client: FlaskClient) -> "Browser":
    """A browser in which nobody is signed in."""
    from web.pages import Browser

    return Browser(client)
