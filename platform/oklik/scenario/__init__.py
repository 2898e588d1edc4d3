"""What a scenario is and how it runs.  Pure: no sockets, no database, no clock of its own."""
