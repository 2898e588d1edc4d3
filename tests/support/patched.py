"""A pytest plugin for the folder `patched`: gevent's monkey patch, before anything else is imported.

Run as `pytest -p support.patched tests/patched`; the plain run leaves that folder out.
"""

from gevent import monkey

monkey.patch_all()
