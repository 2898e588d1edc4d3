"""The room of the web application: the JSON API now, the pages later.

`app.create_app` makes it out of a database engine and its settings; nothing is built at import time.  `api` holds the
API, a module a topic; `python -m oklik_web` serves it.  It imports downward only, like the command line.
"""
