"""A mutant: a database that was restored is believed, whatever the journal says."""

from oklik.campaigns import recall

recall.forgotten = lambda _conn, _sent: []
