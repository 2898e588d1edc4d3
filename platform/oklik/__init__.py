"""Oklik runs voice campaigns on FreeSWITCH: it calls a list of people, plays a scenario, takes their keys
and gives the answers back as Excel.  The rooms and which way imports may point: docs/architecture.md.
"""

__version__ = "0.1.0"
