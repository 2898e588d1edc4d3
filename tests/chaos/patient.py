"""A mutant: an answer of the database is waited for as long as it takes."""

from typing import Any

from oklik.worker import main

main.ANSWER_S: Any = None
