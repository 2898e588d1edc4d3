"""Pictures of the pages for the documentation: `make screenshots`, or `python -m support.screenshots FOLDER [NAME...]`.

Starts a demo installation (demo_site) and takes the pages of screenshots_pages: those looks that are kept, or with
--every all of them, for whoever wants to look at the whole application: Russian, English, dark, on a phone.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from support.demo_site import Demo, demo_site
from support.screenshots_pages import DARK, EN, PAGES, PHONE, RU, Picture
from support.web_site import BUILT, CHROMIUM, FLAGS, WIDE, Window
from support.web_site import PHONE as NARROW

MOST_BYTES = 200_000
LOOKS = (RU, EN, DARK, PHONE)
QUIET_MS = 3000  # a live page is never quiet


def take(folder: Path, names: Sequence[str] = (), *, every: bool = False) -> Iterator[Path]:
    """Take those that are kept, or every look of every page; of these names only where any are given."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="oklik-demo-") as home:
        root = Path(home)
        root.chmod(0o755)  # the database's own user reads it
        with demo_site(root) as demo, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "LANGUAGE": "ru"}
            )
            studio = _Studio(browser, demo, folder)
            for look in LOOKS:
                for picture in PAGES:
                    if (not names or picture.name in names) and (every or look in picture.keep):
                        yield studio.take(picture, look)
            browser.close()


class _Studio:
    """Takes pictures; signs everybody in once a language."""

    def __init__(self, browser: Any, demo: Demo, folder: Path) -> None:
        self._browser, self._demo, self._folder = browser, demo, folder
        self._signed: dict[tuple[str | None, str], Any] = {}

    def take(self, picture: Picture, look: str) -> Path:
        language = EN if look == EN else RU
        held = (picture.who, language)
        context = self._browser.new_context(
            viewport=NARROW if look == PHONE else WIDE,
            reduced_motion="reduce",
            locale="ru-RU" if language == RU else "en-GB",
            timezone_id="Europe/Moscow",
            color_scheme="dark" if look == DARK else "light",
            storage_state=self._signed.get(held),
        )
        site = self._demo.fresh if picture.fresh else self._demo.url
        window = Window(context.new_page(), site)
        if held not in self._signed:
            context.add_cookies([{"name": "language", "value": language, "url": site}])
            if picture.who:
                window.sign_in(picture.who)
            self._signed[held] = context.storage_state()
        window.open(picture.address(self._demo.places))
        if picture.before:
            picture.before(window.page)
        with suppress(Exception):  # a stream of events never ends
            window.page.wait_for_load_state("networkidle", timeout=QUIET_MS)
        file = self._folder / f"{picture.name}-{look}.png"
        window.page.screenshot(path=file, full_page=picture.whole)
        context.close()
        if window.faults:
            sys.exit(f"{file.name}: {window.faults}")
        _slim(file)
        return file


def _slim(file: Path) -> None:
    """Fewer colours, as documentation needs no more: a third of the bytes."""
    few = file.with_suffix(".few.png")
    tones = "split[a][b];[a]palettegen=max_colors=128:stats_mode=full[p];[b][p]paletteuse=dither=none"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(file), "-vf", tones, "-pred", "mixed", "-update", "1", str(few)],
        check=True,
        timeout=60,
    )
    few.replace(file)


def main() -> int:
    """Take them and say which; 2 where something that is needed is missing, 1 where a file is too large."""
    parser = argparse.ArgumentParser(prog="python -m support.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--every", action="store_true", help="every page: Russian, English, dark, on a phone")
    wanted = parser.parse_args()
    missing = [
        words
        for there, words in (
            (CHROMIUM, "Chromium (apt-get install chromium, or OKLIK_CHROMIUM=/its/path)"),
            ((BUILT / "tabler.css").is_file(), "the web application's own files (make front)"),
            (shutil.which("ffmpeg"), "ffmpeg (apt-get install ffmpeg)"),
        )
        if not there
    ]
    if missing:
        print(f"Pictures need {'; '.join(missing)}.", file=sys.stderr)
        return 2
    large = []
    for one in take(wanted.folder, wanted.names, every=wanted.every):
        print(f"{one}  {one.stat().st_size // 1024} KB", flush=True)
        if one.stat().st_size > MOST_BYTES:
            large.append(one.name)
    if large and not wanted.every:
        print(f"Larger than {MOST_BYTES // 1000} KB: {', '.join(large)}", file=sys.stderr)
    return 1 if large and not wanted.every else 0


if __name__ == "__main__":
    sys.exit(main())
