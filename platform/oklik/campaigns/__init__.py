"""Use cases, one file each: plain functions on a SQLAlchemy connection, with the time passed in.

A transaction belongs to the caller (`with engine.begin() as conn`), so several use cases can share one.  Sockets,
switches and greenlets are unknown here.
"""
