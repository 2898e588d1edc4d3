"""Not a mutant: the lease is looked at ten times as often, so that many pauses past it fit into minutes."""

from oklik.worker import dialer, main

LOOK_S = 0.2
dialer.WATCH_S = LOOK_S
dialer.AUDIT_S = 3.0
main.ASLEEP_S = 1.0
