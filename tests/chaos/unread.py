"""A mutant: a database that was restored is believed; the journal of what was sent is kept and never read."""

from oklik.campaigns import recall

recall.forgotten = lambda _conn, _sent: []
