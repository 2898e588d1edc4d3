"""Which pages there are pictures of: all of them.  A test fails for a route that stands neither here nor in PARTS."""

from collections.abc import Callable
from typing import Any, NamedTuple

RU, EN, DARK, PHONE = "ru", "en", "ru-dark", "ru-phone"


class Picture(NamedTuple):
    """One page.  name: of its files; route: of the page, as Flask has it; values: of the demo's places, in its order.

    query: after the address; who: the login that looks, None for a stranger; keep: which looks are kept in docs/img
    (RU, EN, DARK, PHONE); whole: all of it and not one window full; before: does something on the page first;
    fresh: where there is nobody yet.
    """

    name: str
    route: str
    values: tuple[str, ...] = ()
    query: str = ""
    who: str | None = "anna"
    keep: tuple[str, ...] = ()
    whole: bool = False
    before: Callable[[Any], None] | None = None
    fresh: bool = False

    def address(self, places: dict[str, Any]) -> str:
        """The address in the demo."""
        values = iter(self.values)
        parts = (str(places[next(values)]) if part.startswith("<") else part for part in self.route.split("/"))
        return "/".join(parts) + self.query.format(**places)


def _settled_chart(page: Any) -> None:
    page.locator("[data-calls] tr").first.wait_for()


def _live(page: Any) -> None:
    page.locator('[data-live="entries"] > *').first.wait_for()


def _canvas(page: Any) -> None:
    page.locator(".react-flow__node").first.wait_for()


def _simulator(page: Any) -> None:
    """A call in its middle; the canvas shows where it is."""
    _canvas(page)
    page.get_by_role("tab").nth(1).click()
    page.locator(".oe-panel button.btn-primary").first.click()
    page.locator(".oe-step.is-current").wait_for()
    page.locator('.oe-keypad [data-key="1"]').click()
    page.locator(".oe-line").nth(2).wait_for()
    page.wait_for_timeout(600)  # the canvas moves there


PAGES: tuple[Picture, ...] = (
    Picture("home", "/", keep=(RU, EN, DARK, PHONE)),
    Picture("sign-in", "/login", who=None, keep=(RU,)),
    Picture("first-admin", "/first-admin", who=None, fresh=True),
    Picture("password", "/password/<code>", ("link",), who=None),
    Picture("profile", "/profile"),
    Picture("campaigns", "/campaigns/", keep=(RU,)),
    Picture("campaign-new", "/campaigns/new"),
    Picture("live", "/campaigns/<int:campaign_id>", ("running",), keep=(RU, EN, DARK, PHONE), before=_live),
    Picture("live-draft", "/campaigns/<int:campaign_id>", ("draft",), before=_live),
    Picture("launch-check", "/campaigns/<int:campaign_id>/check", ("draft",), whole=True),
    Picture("results", "/campaigns/<int:campaign_id>/results", ("survey",), keep=(RU,), before=_settled_chart),
    Picture("standing", "/campaigns/standing"),
    Picture("standing-new", "/campaigns/standing/new"),
    Picture("standing-one", "/campaigns/standing/<int:standing_id>", ("standing",)),
    Picture("scenarios", "/scenarios", keep=(RU,)),
    Picture("scenario-new", "/scenarios/new"),
    Picture(
        "editor", "/scenarios/<int:scenario_id>", ("scenario_debt-reminder",), keep=(RU, EN, DARK), before=_simulator
    ),
    Picture("lists", "/lists", who="boris"),
    Picture("list", "/lists/<int:list_id>", ("list",), "?segment={segment}", who="boris", keep=(RU,)),
    Picture("list-import", "/lists/import", who="boris"),
    Picture("list-columns", "/lists/import/<int:import_id>", ("upload",), who="boris", keep=(RU,), whole=True),
    Picture("contact", "/contacts/<int:contact_id>", ("contact",), who="boris"),
    Picture("stop-list", "/stop-list", who="boris"),
    Picture("consents", "/consents", who="boris"),
    Picture("consents-import", "/consents/import", who="boris"),
    Picture("stop-list-import", "/stop-list/import", who="boris"),
    Picture("prompts", "/prompts", keep=(RU,)),
    Picture("prompt", "/prompts/<spoken>/<key>", ("spoken", "prompt")),
    Picture("trunks", "/settings/trunks", keep=(RU,)),
    Picture("trunk", "/settings/trunks/<int:trunk_id>", ("trunk",), whole=True),
    Picture("trunk-new", "/settings/trunks/new", keep=(RU,), whole=True),
    Picture("trunk-edit", "/settings/trunks/<int:trunk_id>/edit", ("trunk",)),
    Picture("nodes", "/settings/nodes"),
    Picture("presets", "/settings/presets/"),
    Picture("preset", "/settings/presets/<int:preset_id>", ("preset",), whole=True),
    Picture("preset-new", "/settings/presets/new"),
    Picture("dictionary", "/settings/dictionary"),
    Picture("test-phones", "/settings/phones"),
    Picture("outcomes", "/settings/outcomes"),
    Picture("holidays", "/settings/holidays", whole=True),
    Picture("projects", "/settings/projects"),
    Picture("users", "/settings/users"),
    Picture("user-new", "/settings/users/new"),
    Picture("tokens", "/settings/tokens"),
    Picture("token-new", "/settings/tokens/new"),
    Picture("audit", "/settings/audit"),
)

PARTS = frozenset(
    {
        "/settings",  # sends on to the first of them
        "/campaigns/<int:campaign_id>/bar",
        "/contacts/<int:contact_id>/more-calls",
        "/consents/rows",
        "/settings/trunks/<int:trunk_id>/test",
        "/lists/<int:list_id>/condition",
        "/static/<path:filename>",
    }
)
"""What is no page: pieces that are put into one, and files."""
