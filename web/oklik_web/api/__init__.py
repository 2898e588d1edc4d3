"""The JSON API, a module a topic.

Every module here has a `blueprint`; adding one is all it takes to add a topic (see docs/api.md).
"""

import importlib
import pkgutil

from apiflask import APIBlueprint


def blueprints() -> list[APIBlueprint]:
    """Give the blueprints of all modules of this package, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").blueprint for name in names]
