"""A browser without a window: Flask's client that signs in, and sends the CSRF token with every change."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine

from oklik.campaigns import users
from oklik.campaigns.passwords import Passwords
from web.conftest import NOW

PASSWORD = "a long phrase of mine"
CHEAP = Passwords(rounds=1, memory_kib=32)
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


def account(engine: Engine, login: str, role: str = "marketer") -> int:
    """Make an account that may sign in with PASSWORD; gives its id."""
    with engine.begin() as conn:
        user_id = users.add_user(conn, login, login.title(), role, NOW)
        users.set_password(conn, user_id, CHEAP.hash(PASSWORD))
    return user_id


class Browser:
    """One browser with its cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Any:
        """A page; its CSRF token is kept."""
        answer = self.client.get(path, headers=headers)
        if found := _TOKEN.search(answer.get_data(as_text=True)):
            self.csrf = found[1]
        return answer

    def post(self, path: str, **fields: Any) -> Any:
        """A form, sent as the page sends it."""
        return self.client.post(path, data={"csrf_token": self.csrf, **fields})

    def get_after(self, answer: Any) -> str:
        """The page that a form leads to, as text."""
        assert answer.status_code == 303, answer.get_data(as_text=True)[:300]
        return str(self.get(answer.location).get_data(as_text=True))

    def sign_in(self, login: str, password: str = PASSWORD) -> Any:
        """As people do; gives the answer."""
        self.get("/login")
        answer = self.post("/login", login=login, password=password)
        if answer.status_code == 303:
            self.get("/profile")
        return answer

    def is_in(self) -> bool:
        """Whether pages are shown to them."""
        return bool(self.client.get("/profile").status_code == 200)
