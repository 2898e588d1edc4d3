"""A text gets a voice in a real browser: recorded from a microphone, heard, trimmed on its waveform, kept and played.

The microphone is Chromium's own pretended one, which hears a file: silence, a second of a tone, silence.
"""

import io
import re
import shutil
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from campaigns.world import World
from oklik.campaigns import scenario_drafts
from oklik.campaigns.projects import put_project
from support.patience import LONG_S
from support.stage import TUESDAY
from support.web_site import *  # noqa: F403
from support.web_site import CHROMIUM, FLAGS, WIDE, Site, Window
from web.test_web_scenarios import HELLO

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.heavy]
expect.set_options(timeout=1000 * LONG_S)

RATE, PITCH = 48_000, 440
NAME = "oklik.test"


def scenario(site: Site) -> int:
    with site.engine.begin() as conn:
        return scenario_drafts.make(conn, put_project(conn, None), "delivery", HELLO, "user:anna", TUESDAY)


def heard_by_microphone(path: Path) -> None:
    tone = 0.4 * np.sin(np.arange(RATE) * 2 * np.pi * PITCH / RATE)
    quiet = np.zeros(RATE * 3 // 4)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.concatenate([quiet, tone, quiet]) * 32767).astype("<i2").tobytes())


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        return file.getnframes() / file.getframerate()


def pitch(sound: bytes) -> float:
    """The strongest tone, in Hz."""
    with wave.open(io.BytesIO(sound)) as file:
        samples, rate = np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()
    loud = np.abs(np.fft.rfft(samples))
    return float(np.argmax(loud) * rate / len(samples))


@pytest.fixture
def speaking(chromium: Any, site: Site, tmp_path: Path) -> Iterator[Window]:
    """A window of a browser with a microphone; NAME is this machine by plain http."""
    heard_by_microphone(tmp_path / "heard.wav")
    mine = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'heard.wav'}",
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *mine])
    context = browser.new_context(viewport=WIDE, locale="ru-RU", reduced_motion="reduce")
    window = Window(context.new_page(), site.url)
    yield window
    browser.close()
    assert window.faults == []


def dialog_of(window: Window, made: int) -> Any:
    """The dialog of the first step's voice."""
    page = window.page
    window.open(f"/scenarios/{made}")
    page.locator('.react-flow__node[data-id="hello"]').click(position={"x": 120, "y": 20})
    page.locator(".oe-panel").get_by_role("button", name="Голос").first.click()
    return page.locator("dialog")


def test_a_recording_is_made_trimmed_kept_and_played(site: Site, speaking: Window) -> None:
    speaking.sign_in(site.user("marketer"))
    page, made = speaking.page, scenario(site)
    dialog = dialog_of(speaking, made)
    dialog.get_by_role("button", name="Записать").click()
    told = dialog.locator(".is-recording small")
    expect(told).to_contain_text(re.compile(r"([2-9]|\d\d)[.,]\d"))  # seconds of the recording so far
    dialog.get_by_role("button", name="Остановить").click()
    begin, end = dialog.get_by_role("slider", name="Начало записи"), dialog.get_by_role("slider", name="Конец записи")
    expect(begin).to_be_visible()

    def at(slider: Any) -> float:
        return float(slider.get_attribute("aria-valuenow"))

    found = at(begin), at(end)
    assert found[0] > 0.2, "the silence before the tone is outside"
    begin.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    box, handle = dialog.locator(".oe-wave canvas").bounding_box(), end.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(handle["x"] + handle["width"] / 2 - box["width"] * 0.05, handle["y"] + 10)
    page.mouse.up()
    assert at(begin) == pytest.approx(found[0] + 0.2, abs=0.03) and at(end) < found[1] - 0.03
    wanted = at(end) - at(begin)
    dialog.get_by_role("button", name="Слушать").click()
    speaking.check()
    dialog.get_by_role("button", name="Оставить запись").click()
    expect(dialog).to_contain_text("Звучит запись")
    page.keyboard.press("Escape")
    expect(page.locator(".oe-saved")).to_contain_text("Сохранено")

    kept = page.request.get(f"{speaking.url}/api/v1/prompts/delivery.hello.text/ru/audio").body()
    assert 0.4 < seconds(kept) <= wanted + 0.1
    page.get_by_role("tab", name="Звонок").click()
    with page.expect_response("**/said/0") as heard:
        page.get_by_role("button", name="Позвонить", exact=True).click()
    assert pitch(heard.value.body()) == pytest.approx(PITCH, rel=0.05), "the prompt is what was recorded, and no speech"
    with site.engine.connect() as conn:
        row = conn.execute(text("SELECT key, language FROM prompt")).one()
    assert tuple(row) == ("delivery.hello.text", "ru")


def test_plain_http_says_what_to_do(site: Site, speaking: Window) -> None:
    """Browsers give pages that come by plain http over a network no microphone."""
    speaking.url = speaking.url.replace("127.0.0.1", NAME)
    speaking.sign_in(site.user("marketer"))
    dialog = dialog_of(speaking, scenario(site))
    dialog.get_by_role("button", name="Записать").click()
    expect(dialog.get_by_role("alert")).to_contain_text("https")
    speaking.faults.clear()  # the browser writes that it heeds some of our headers by https only


HEARD = """async audio => {
    audio.currentTime = 1.5;
    await audio.play();
    await new Promise(over => audio.addEventListener("timeupdate", () => audio.currentTime > 1.6 && over()));
    audio.pause();
    return audio.duration;
}"""


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg makes the mp3 (apt-get install ffmpeg)")
def test_recorded_calls_are_heard_on_the_contact_card(site: Site, window: Window, world: World, tmp_path: Path) -> None:
    """One as the switch leaves it and one as it is kept, each played from its second half."""
    world.people(1)
    world.campaign()
    (claimed,) = world.claim(world.holder())
    raw, kept = (tmp_path / "calls" / name for name in ("raw.wav", "kept.mp3"))
    raw.parent.mkdir()
    heard_by_microphone(raw)
    seconds_long = seconds(raw.read_bytes())
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", raw, kept], check=True)
    world.all(
        """INSERT INTO call_recording (call_uuid, campaign_id, part, n, node, path, state, at)
           VALUES (:uuid, 1, 'call', 1, 'n', 'raw.wav', 'raw', :at),
               (:uuid, 1, 'call', 2, 'n', 'kept.mp3', 'ready', :at) RETURNING id""",
        uuid=claimed.uuid,
        at=TUESDAY,
    )
    window.sign_in(site.user("supervisor"))
    window.open("/contacts/1")
    players = window.page.locator("audio")
    expect(players).to_have_count(2)
    for n in range(2):
        assert players.nth(n).evaluate(HEARD) == pytest.approx(seconds_long, abs=0.1)
    window.check()
    assert world.one("SELECT count(DISTINCT subject) FROM audit_entry WHERE action = 'recordings.listen'") == 2
