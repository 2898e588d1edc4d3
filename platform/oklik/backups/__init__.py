"""Backups of an installation: one file with its database and its files, and the way back."""
