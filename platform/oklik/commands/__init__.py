"""Groups of commands, a module a group; `cli` puts them together.  Each parses, calls one use case, and prints."""
