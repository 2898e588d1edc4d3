"""Whom to call, when, how fast, and what a result means.  Pure: values in, values out."""
