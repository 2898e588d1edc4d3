"""Is it up?  It asks for no token and says nothing of anybody's data."""

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import text

from oklik import __version__
from oklik_web.access import open_to_all
from oklik_web.running import running

blueprint = APIBlueprint("health", __name__, url_prefix="/health")


class HealthOut(BaseModel):
    """It answers, and so does its database."""

    status: str
    version: str


@blueprint.get("")
@open_to_all
@blueprint.output(HealthOut)
def health() -> HealthOut:
    """Say that the web process and its database answer; 503 when the database does not."""
    with running().engine.connect() as conn:
        conn.execute(text("SELECT 1"))
    return HealthOut(status="ok", version=__version__)
