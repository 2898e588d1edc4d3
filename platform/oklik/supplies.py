"""Whether this installation has what scenarios ask of it: hosts that may be asked, credentials, plug-ins.

Asked before the first call of a campaign: what is missing would be a failed step in every one of them.
"""

import os
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from oklik.config import Settings
from oklik.hooks.installed import Installed, installed
from oklik.messages import why
from oklik.outside.client import variable_of
from oklik.outside.hosts import AllowedHosts, Origin
from oklik.scenario.check import describe
from oklik.scenario.document import Scenario
from oklik.scenario.errors import Sentence
from oklik.scenario.needs import HookShape, Need


def needs(scenario: Scenario) -> list[tuple[str, Need]]:
    """All of them, with the node that has each."""
    return [(name, need) for name, node in scenario.nodes.items() for need in node.needs()]


def hooks_for(scenario: Scenario) -> Mapping[str, HookShape] | None:
    """The functions that are installed; None for a scenario that needs none, then nobody is asked."""
    return installed().hooks if _wants_hooks(scenario) else None


def missing(scenario: Scenario, settings: Settings, *, plug_ins: Installed | None = None) -> list[Sentence]:
    """What the installation lacks for a scenario, each named with its node, in sentences; nothing when it has all."""
    allowed = AllowedHosts.read(settings.request_hosts)
    lacking: dict[str, Sentence] = {}
    for node, need in needs(scenario):
        if need.what == "host" and not allowed.allows(_origin(need.name)):
            shown = shortest(need.name)
            lacking.setdefault(
                need.name,
                {
                    "ru": f"шаг {node}: к {need.name} обращаться не разрешено; впишите {shown} в OKLIK_REQUEST_HOSTS",
                    "en": f"node {node}: {need.name} may not be asked; put {shown} into OKLIK_REQUEST_HOSTS",
                },
            )
        elif need.what == "credential" and not os.environ.get(variable_of(need.name), "").strip():
            variable = variable_of(need.name)
            lacking.setdefault(
                variable,
                {
                    "ru": f"шаг {node}: не задан доступ {variable}",
                    "en": f"node {node}: the credential {variable} is not set",
                },
            )
    if settings.request_ca is not None:  # no dialer begins without them, whatever the scenario asks
        lacking |= certificates_lacking(settings.request_ca)
    if _wants_hooks(scenario):
        found = plug_ins or installed()
        for name, one in scenario.nodes.items():
            for issue in one.check_hooks(name, found.hooks):
                why = next((found.faults[need.name] for need in one.needs() if need.name in found.faults), "")
                more = f" ({why})" if why else ""
                told = {code: f"{describe(issue, code).partition(': ')[2]}{more}" for code in ("ru", "en")}
                lacking.setdefault(told["en"], told)
    return list(lacking.values())


def certificates_lacking(file: Path) -> dict[str, Sentence]:
    """What keeps the certificates of OKLIK_REQUEST_CA from being read; nothing when they can be."""
    try:
        ssl.create_default_context().load_verify_locations(file)
    except ssl.SSLError:
        told = {"ru": "это не сертификаты в виде PEM", "en": "these are no certificates in PEM"}
    except OSError as error:
        told = {"ru": why(error)["ru"], "en": why(error)["en"]}
    else:
        return {}
    return {"request_ca": {code: f"OKLIK_REQUEST_CA {file}: {text}" for code, text in told.items()}}


def joined(sentences: Iterable[Sentence]) -> Sentence:
    """As one line."""
    listed = list(sentences)
    return {code: "; ".join(one[code] for one in listed) for code in ("ru", "en")}


def shortest(origin: str) -> str:
    """How a host is best written into the setting."""
    scheme, _, rest = origin.partition("://")
    if scheme == "https":
        return rest.removesuffix(":443")
    return origin


def _wants_hooks(scenario: Scenario) -> bool:
    return any(need.what == "hook" for _, need in needs(scenario))


def _origin(name: str) -> Origin:
    scheme, _, rest = name.partition("://")
    host, _, port = rest.rpartition(":")
    return Origin(scheme, host, int(port))
