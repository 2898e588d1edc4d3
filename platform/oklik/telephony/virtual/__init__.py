"""The virtual switch: a process that speaks FreeSWITCH's event socket and plays a population of callees.

It serves the demonstration, rehearsals, load tests and our own tests; nobody real is ever called.  What it does and
in which order follows recordings of a FreeSWITCH 1.10.12; docs/virtual-switch.md says behaviour by behaviour which
recording and which test, and what is left out.  Nothing here is imported by the dialer: they meet at the socket.
"""

VERSION = "1.10.12-oklik"
VERSION_LINE = f"FreeSWITCH Version {VERSION} (oklik virtual switch: nobody real is called)"
