"""What every request of an application finds: engine, clock, limits.  Kept with the application, never in a module."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Engine

from oklik.clock import Clock
from oklik_web.rate import Rate
from oklik_web.settings import WebSettings


@dataclass(frozen=True)
class Running:
    """An application's own."""

    engine: Engine
    settings: WebSettings
    clock: Clock
    rate: Rate


def running() -> Running:
    """That of the application that answers now."""
    found: Running = current_app.config["OKLIK"]
    return found
