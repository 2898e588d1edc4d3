"""What every request of an application finds: engine, clock, limits.  Kept with the application, never in a module."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Engine

from oklik.campaigns.passwords import Passwords
from oklik.clock import Clock
from oklik_web.guesses import Guesses
from oklik_web.rate import Rate
from oklik_web.settings import WebSettings


@dataclass(frozen=True)
class Running:
    """An application's own."""

    engine: Engine
    settings: WebSettings
    clock: Clock
    rate: Rate
    passwords: Passwords
    guesses: Guesses


def running() -> Running:
    """That of the application that answers now."""
    found: Running = current_app.config["OKLIK"]
    return found
