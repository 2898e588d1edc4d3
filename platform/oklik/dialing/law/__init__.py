"""The rules of calling as data, by jurisdiction: one module each, with dates and sources.  No legal advice."""
