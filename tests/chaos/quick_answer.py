"""Not a mutant: an answer of the database is waited for a second, so that silences fit into minutes."""

from oklik.worker import main

main.ANSWER_S = 1.0
