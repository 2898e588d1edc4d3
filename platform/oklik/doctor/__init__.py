"""`oklik doctor`: looks over an installation and says what is wrong and how each thing is mended.

Looks only: nothing is upgraded, made or called, and nothing stays behind.  One module a place (machine, database,
switch, speech, running); what a look finds is a Finding; `checkup` asks them in order.
"""
