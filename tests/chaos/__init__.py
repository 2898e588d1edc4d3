"""The chaos suite: the promises under kill -9, cut lines, sleeping machines; the switch's own ledger is the oracle.

Each run prints its seed, its counts and a verdict, and has a mutant that must make it fail.  `make chaos` runs them at
full length, the tests in `patched` in a short form.
"""
