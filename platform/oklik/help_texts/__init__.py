"""What `--help` says of every command and option, in Russian and English.

Keyed by the command's words ("" for `oklik` itself) and then by the name of the option or argument, "" for the command.
A module a topic.  How the help is put together is the business of `usage`.
"""

from oklik.help_texts import (
    access,
    backups,
    campaigns,
    numbers,
    orders,
    people,
    running,
    scenarios,
    trunks,
    why,
    wishes,
)
from oklik.help_texts.shapes import Texts

_TOPICS = (
    access,
    backups,
    campaigns,
    numbers,
    people,
    running,
    scenarios,
    why,
    wishes,
    trunks,
    orders,
)
HELP: dict[str, Texts] = {words: texts for topic in _TOPICS for words, texts in topic.TEXTS.items()}
