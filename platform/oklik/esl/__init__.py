"""The event socket without its socket: frames, the fields of events, and the only place that builds commands."""
