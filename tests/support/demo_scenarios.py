"""Scenarios of the demo: some of the ready ones, published, one with a draft that differs; recorded prompts."""

import datetime as dt
import io
import wave
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from oklik.campaigns import prompt_library, scenario_drafts
from oklik.campaigns.publish_draft import publish_draft
from oklik.campaigns.ready_scenarios import ready_scenarios
from oklik.speech.intake import Taken

SCENARIOS = ("debt-reminder", "satisfaction-survey", "event-invitation", "delivery", "appointment")
PROMPTS = (
    ("greeting", "Приветствие, студия.wav", 4.2),
    ("goodbye", "Прощание, студия 2.mp3", 2.6),
    ("operator", "operator.wav", 3.4),
)


def fill_scenarios(engine: Engine, now: dt.datetime) -> dict[str, Any]:
    """Their ids by `scenario_CODE` and `version_CODE`; prompts."""
    places: dict[str, Any] = {}
    ready = ready_scenarios()
    with engine.begin() as conn:
        project = conn.execute(text("SELECT min(id) FROM project")).scalar_one()
        for days, code in enumerate(SCENARIOS, 2):
            at = now - dt.timedelta(days=4 * days, minutes=37 * days)
            made = scenario_drafts.make(conn, project, code, ready[code].documents["ru"], "user:vera", at)
            places[f"scenario_{code}"] = made
            if code != "appointment":
                done = publish_draft(conn, made, 1, "Первая версия", "user:vera", at + dt.timedelta(hours=1))
                assert done.version is not None, done.issues
                places[f"version_{code}"] = done.version.id
        for days, (key, name, seconds) in enumerate(PROMPTS, 1):
            taken = Taken(wav=_wav(seconds, days), duration_ms=int(1000 * seconds), clipped=days == 2,
                          levelled_db=-2.5 * days, trimmed_ms=120 * days)  # fmt: skip
            prompt_library.put(conn, "ru", key, taken, name, "user:vera", now - dt.timedelta(days=days))
        louder = Taken(wav=_wav(4.1, 9), duration_ms=4100, clipped=False, levelled_db=-1.0, trimmed_ms=80)
        prompt_library.put(conn, "ru", PROMPTS[0][0], louder, "Приветствие, дубль 2.wav", "user:vera", now)
        places["spoken"], places["prompt"] = "ru", PROMPTS[0][0]
    return places


def _wav(seconds: float, seed: int) -> bytes:
    """Something with the shape of speech."""
    rng = np.random.default_rng(seed)
    many = int(8000 * seconds)
    loud = np.repeat(rng.random(many // 800 + 1), 800)[:many]
    samples = (9000 * loud * np.sin(np.arange(many) * 0.35)).astype("<i2")
    with io.BytesIO() as made:
        with wave.open(made, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(samples.tobytes())
        return made.getvalue()
