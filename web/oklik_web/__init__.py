"""The room of the web application (Flask): scenario editor, campaigns, results.

The application itself is not here yet; campaigns are run from the command line (`oklik run`, `oklik up`).
It will import downward only, like the command line: from `oklik.wiring` on.
"""
