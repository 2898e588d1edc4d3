"""No mutant, but a dead-man's timer of six seconds, so that a test need not wait a minute."""

from oklik.telephony.freeswitch import deadman, driver

deadman.DEADMAN_S = 6
deadman.DEADMAN_EVERY_S = 2.0
assert driver.deadman is deadman
