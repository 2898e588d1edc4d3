"""The pages, a module a topic.

Every module here has a `blueprint` (Flask's), named pages_TOPIC; adding one is all it takes to add a topic.  Each of
its routes has a rule of `oklik_web.access` right below it.
"""

import importlib
import pkgutil

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Give the blueprints of all modules of this package, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").blueprint for name in names]
