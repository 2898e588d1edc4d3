"""Speech: from texts and spoken values to audio files that the switch can play.

One voice speaks a whole campaign (`voices`), through one of four engines (`engines`); a pronunciation dictionary
goes before each of them (`dictionary`); clips are kept by content (`prompts`), levelled and trimmed (`audio`).
When prompts are made, and for whom, is the affair of `oklik.campaigns.prepare_prompts`.
"""
