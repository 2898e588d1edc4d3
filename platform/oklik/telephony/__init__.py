"""The switch as the rest of the house sees it (port) and its two drivers: FreeSWITCH and the virtual switch."""
