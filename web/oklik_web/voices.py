"""The voice of a campaign that is made here: chosen and tried as `oklik run` does."""

from functools import lru_cache
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from oklik.campaigns.pronunciation import added
from oklik.campaigns.versions import StoredVersion, stored_version
from oklik.config import load_settings
from oklik.failures import BadInput
from oklik.speech.dictionary import DictionaryError
from oklik.speech.voices import NoVoice, VoicesError
from oklik.wiring import pick_voice
from oklik_web.problems import Problem
from oklik_web.words import said

_GOOD_S = 20.0  # so long a choice holds: voices, recordings and the dictionary in files are somebody's to change


def voice_of(conn: Connection, version_id: int) -> dict[str, Any]:
    """Give the voice for a version of a scenario, as campaigns keep it.  Raises Problem, VersionUnreadable."""
    stored = stored_version(conn, version_id)
    if stored is None:
        raise Problem(422, said("no_published"), field="scenario_version")
    try:
        return added(conn, _picked(stored))
    except NoVoice as error:
        raise Problem(409, {code: error.text(code) for code in ("ru", "en")}) from None
    except (VoicesError, DictionaryError, BadInput) as error:
        raise Problem(409, said("voice_broken", detail=" ".join(str(error).split()))) from None


def _picked(stored: StoredVersion) -> dict[str, Any]:
    return _tried(stored, int(monotonic() / _GOOD_S))


@lru_cache(maxsize=16)  # trying a voice takes its time
def _tried(stored: StoredVersion, _when: int) -> dict[str, Any]:
    settings = load_settings()
    return pick_voice(settings, stored.scenario(), settings.voices).to_json()
