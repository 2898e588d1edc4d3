"""How fluidly the scenario editor's canvas pans: frames a second with 300 steps, near, in between and from afar.

Run: PYTHONPATH=tests python bench/canvas.py [--nodes N] [--rounds N] [--beside DIR] [--json].  Needs Chromium,
playwright and the built assets; says so and ends well without them.  --beside: the folder of another build of the
assets; both are panned in turn in the same run, and the ratio is what counts.

The pointer drags the canvas a few pixels at every frame that the browser asks for; the frames that it then makes are
counted.  Without a graphics card Chromium draws with the processor, so two ceilings stand beside the figures: a bare
page on which one coloured square is moved, and the editor with a single step.  The last line is JSON.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from oklik.campaigns import scenario_drafts
from oklik.campaigns.projects import put_project
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from support.stage import TUESDAY, Process
from support.web_site import BUILT, CHEAP_SETTINGS, CHROMIUM, FLAGS, PASSWORD, WIDE, add_user

FRAMES, STEP_PX = 90, 9
LIKE = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

# Drags there and back, one move a frame; gives the milliseconds between frames.
DRAG = """([frames, step]) => new Promise((done) => {
  const pane = document.querySelector(".react-flow__pane");
  const box = pane.getBoundingClientRect();
  let x = box.left + box.width / 2, y = box.top + box.height / 2, n = 0;
  const told = (type, on) => on.dispatchEvent(new MouseEvent(type, {
    bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX: x, clientY: y }));
  const times = [];
  told("mousedown", pane);
  const frame = (at) => {
    times.push(at);
    if (n++ === frames) { told("mouseup", window); done(times.slice(1).map((one, i) => one - times[i])); return; }
    const way = n <= frames / 2 ? -1 : 1;
    x += way * step; y += way * step * 0.4;
    told("mousemove", window);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
BARE = """([frames, step]) => new Promise((done) => {
  const box = document.createElement("div");
  box.style.cssText = "position:absolute;inset:100px;background:teal;will-change:transform";
  document.body.replaceChildren(box);
  const times = []; let n = 0;
  const frame = (at) => {
    times.push(at);
    if (n++ === frames) { done(times.slice(1).map((one, i) => one - times[i])); return; }
    box.style.transform = `translate(${n % 45 * step}px, 0)`;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def document(count: int, name: str) -> dict[str, Any]:
    """A survey of so many steps, a dozen abreast, each menu with five ways."""
    nodes: dict[str, Any] = {}

    def step(n: int) -> str:
        return f"s{n}" if n < count - 1 else "bye"

    for n in range(count - 1):
        after, beside, far = (
            (step(n + 1), step(2 * n + 1), step(2 * n + 2)) if n < 12 else (step(n + 12), step(n + 13), step(n + 24))
        )
        if n % 3:
            text = f"Шаг номер {n}: напоминаем о визите, приходите за десять минут до начала."
            nodes[f"s{n}"] = {"kind": "play", "title": f"Сообщение {n}", "text": text, "exits": {"done": after}}
        else:
            nodes[f"s{n}"] = {
                "kind": "menu",
                "title": f"Вопрос {n}",
                "text": "Вы придёте? Да — один, нет — два, позже — три.",
                "question": f"q{n}",
                "options": {key: {"exit": f"way{key}", "label": f"Ответ {key}"} for key in "123"},
                "exits": {"way1": after, "way2": beside, "way3": far, "no_input": after},
            }
    nodes["bye"] = {"kind": "hangup"}
    begin = "s0" if count > 1 else "bye"
    head = {"format": 1, "name": name, "title": name, "languages": ["ru"], "purpose": "survey", "start": begin}
    return {**head, "nodes": nodes}


def main(argv: list[str] | None = None) -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args(argv)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return _skipped("playwright is not installed")
    if not CHROMIUM or not (BUILT / "editor.js").is_file():
        return _skipped("Chromium or the built assets are missing")
    with (
        tempfile.TemporaryDirectory(prefix="oklik-canvas-") as root,
        sync_playwright() as playwright,
        _site(Path(root), given.nodes) as (url, large, single),
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        builds = {"now": None} | ({"beside": given.beside} if given.beside else {})
        pages = {name: _opened(browser, url, large, single, folder) for name, folder in builds.items()}
        found = _measured(browser, pages, given.rounds)
        browser.close()
    if not given.json:
        for name, views in found.items():
            print(
                name,
                *(f"{view}: {told['fps']} fps (p95 {told['p95_ms']} ms)" for view, told in views.items()),
                sep="\n  ",
            )
    print(json.dumps({"nodes": given.nodes, **found}))
    return 0


def _skipped(why: str) -> int:
    print(f"the canvas is not measured: {why}", file=sys.stderr)
    print(json.dumps({"skipped": why}))
    return 0


class _site:  # noqa: N801  used as a function
    """The application with two scenarios and somebody to look at them."""

    def __init__(self, root: Path, nodes: int) -> None:
        self._root, self._nodes = root, nodes

    def __enter__(self) -> tuple[str, int, int]:
        root = self._root
        self._server = EmbeddedPostgres(root / "database", root / "cache", durable=False, with_parent=True)
        self._server.start()
        url = self._server.create_database("canvas")
        upgrade(url)
        engine = make_engine(url, pool_size=2)
        add_user(engine, "anna", "marketer")
        with engine.begin() as conn:
            project = put_project(conn, None)
            made = [
                scenario_drafts.make(conn, project, name, document(count, name), "bench", TUESDAY)
                for name, count in (("large", self._nodes), ("single", 1))
            ]
        engine.dispose()
        self._web = Process(["oklik_web"], root / "web.log", {"database_url": url, "port": 0, **CHEAP_SETTINGS})
        return f"http://127.0.0.1:{self._web.said['port']}", made[0], made[1]

    def __exit__(self, *error: object) -> None:
        self._web.signal(15)
        self._web.end()
        self._server.stop()


def _opened(browser: Any, url: str, large: int, single: int, folder: Path | None) -> dict[str, Any]:
    """The editor with either scenario, by one build."""
    context = browser.new_context(viewport=WIDE, locale="ru-RU")
    if folder is not None:

        def other(route: Any) -> None:
            name = route.request.url.rpartition("/static/built/")[2].partition("?")[0]
            file = folder / name
            route.fulfill(body=file.read_bytes(), content_type=LIKE.get(file.suffix, "application/octet-stream"))

        context.route("**/static/built/**", other)
    page = context.new_page()
    page.goto(f"{url}/login")
    page.fill("#login", "anna")
    page.fill("#password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url(lambda at: "/login" not in at)
    shown = {}
    for name, number in (("large", large), ("single", single)):
        tab = page if name == "large" else context.new_page()
        tab.goto(f"{url}/scenarios/{number}")
        tab.wait_for_selector(".react-flow__node", timeout=60_000)
        tab.wait_for_timeout(2000)  # drawn, judged and saved
        shown[name] = tab
    return shown


def _measured(browser: Any, pages: dict[str, dict[str, Any]], rounds: int) -> dict[str, Any]:
    """Each view of each build in turn, and the ceilings."""
    gaps: dict[str, dict[str, list[float]]] = {}
    bare = browser.new_page(viewport=WIDE)
    for _ in range(rounds):
        for name, shown in pages.items():
            views = gaps.setdefault(name, {})
            views.setdefault("single", []).extend(_panned(shown["single"]))
            tab = shown["large"]
            for view, keys in (("near", ""), ("between", "0+++"), ("far", "0")):
                _look(tab, keys)
                views.setdefault(view, []).extend(_panned(tab))
            tab.reload()
            tab.wait_for_selector(".react-flow__node", timeout=60_000)
            tab.wait_for_timeout(1500)
        bare.bring_to_front()
        gaps.setdefault("machine", {}).setdefault("bare page", []).extend(bare.evaluate(BARE, [FRAMES, STEP_PX]))
    return {name: {view: _told(times) for view, times in views.items()} for name, views in gaps.items()}


def _look(tab: Any, keys: str) -> None:
    """Show all, then come nearer."""
    tab.bring_to_front()
    if not keys:
        return
    tab.locator(".oe-canvas").focus()
    tab.keyboard.press("0")
    tab.wait_for_timeout(800)
    box = tab.locator(".react-flow__pane").bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in keys[1:]:
        tab.mouse.wheel(0, -160)
        tab.wait_for_timeout(150)
    tab.wait_for_timeout(500)


def _panned(tab: Any) -> list[float]:
    tab.bring_to_front()
    tab.wait_for_timeout(300)
    times: list[float] = tab.evaluate(DRAG, [FRAMES, STEP_PX])
    return times


def _told(times: list[float]) -> dict[str, float]:
    return {
        "fps": round(1000 / statistics.fmean(times), 1),
        "median_fps": round(1000 / statistics.median(times), 1),
        "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 1),
    }


if __name__ == "__main__":
    sys.exit(main())
