"""Is it up?  The only address that asks for no token; it says nothing of anybody's data."""

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import text

from oklik import __version__
from oklik_web.running import running

blueprint = APIBlueprint("health", __name__, url_prefix="/health")


class HealthOut(BaseModel):
    """It answers, and so does its database."""

    status: str
    version: str


@blueprint.get("")
@blueprint.output(HealthOut)
def health() -> HealthOut:
    """Say that the web process and its database answer; 503 when the database does not."""
    with running().engine.connect() as conn:
        conn.execute(text("SELECT 1"))
    return HealthOut(status="ok", version=__version__)
