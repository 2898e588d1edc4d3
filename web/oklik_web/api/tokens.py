"""Tokens of programs: made with scopes and an end, shown once, taken back."""

import datetime as dt
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope, Token
from oklik_web.access import allowed, asker
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment
from oklik_web.words import said

blueprint = APIBlueprint("tokens", __name__, url_prefix="/tokens")

MOST_DAYS = 3650
Name = Annotated[str, Field(min_length=1, max_length=63)]


class TokenOut(BaseModel):
    """A token; its secret is nowhere.  expires_at: null for never."""

    id: int
    name: str
    scopes: list[str]
    created_at: Moment
    last_used_at: Moment | None
    expires_at: Moment | None
    revoked_at: Moment | None


class TokensOut(BaseModel):
    """All tokens, the latest first."""

    tokens: list[TokenOut]


class TokenIn(Body):
    """A new token.  days: it holds for so many; null: until it is revoked."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=200)]
    days: Annotated[int | None, Field(ge=1, le=MOST_DAYS)] = None


class TokenMadeOut(BaseModel):
    """The token itself, this once."""

    token: str
    expires_at: Moment | None


class TokenNameIn(Body):
    """Which token."""

    name: Name


@blueprint.get("")
@allowed(Scope.TOKENS_READ)
@blueprint.output(TokensOut)
def show() -> TokensOut:
    """List the tokens, without their secrets."""
    with running().engine.connect() as conn:
        return TokensOut(tokens=[_out(one) for one in tokens.all_tokens(conn)])


@blueprint.post("/add")
@allowed(Scope.TOKENS_WRITE)
@blueprint.input(TokenIn)
@blueprint.output(TokenMadeOut)
@changing(keep=False)
def add(change: Change, json_data: TokenIn) -> TokenMadeOut:
    """Make a token that may do no more than whoever asks; its secret stands in this answer and nowhere else."""
    return made(change, json_data.name, [str(one) for one in json_data.scopes], json_data.days)


@blueprint.post("/revoke")
@allowed(Scope.TOKENS_WRITE)
@blueprint.input(TokenNameIn)
@blueprint.output(TokenNameIn)
@changing
def revoke(change: Change, json_data: TokenNameIn) -> TokenNameIn:
    """Take a token back; it is refused from the next request on."""
    revoked(change, json_data.name)
    return json_data


def made(change: Change, name: str, scopes: list[str], days: int | None) -> TokenMadeOut:
    """Make a token; for the page as well.  Raises TokenRefused, Problem."""
    who = asker()
    if over := sorted(set(scopes) - who.scopes):
        raise Problem(403, said("not_yours", scopes=", ".join(over)), field="scopes")
    until = None if days is None else change.now + dt.timedelta(days=days)
    token = tokens.create(change.conn, name, scopes, change.now, user_id=who.user_id, expires_at=until)
    change.note("tokens.create", name, {"scopes": scopes, "days": days})
    return TokenMadeOut(token=token, expires_at=until)


def revoked(change: Change, name: str) -> None:
    """Take a token back; for the page as well.  Raises TokenRefused."""
    tokens.revoke(change.conn, name, change.now)
    change.note("tokens.revoke", name, {})


def _out(token: Token) -> TokenOut:
    return TokenOut(**{name: getattr(token, name) for name in TokenOut.model_fields})
