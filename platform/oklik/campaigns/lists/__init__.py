"""Reading lists of contacts out of files: tables, their header, phones and zones.  Needs no database."""
