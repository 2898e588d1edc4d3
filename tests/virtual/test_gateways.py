"""`sofia` on the virtual switch, word for word as FreeSWITCH 1.10.12 answers it."""

import re

import pytest

from oklik.telephony.virtual import api
from oklik.telephony.virtual.core import Core
from virtual.world import *  # noqa: F403

# What a real switch with one gateway, pstn, said.
REAL = {
    "sofia status gateway nope": "Invalid Gateway!\n",
    "sofia profile nope rescan": "Invalid Profile [nope]",
    "sofia profile oklik killgw nope": "-ERR no such gateway.\n",
    "sofia profile oklik killgw": "-ERR missing gw name\n",
    "sofia profile oklik": "Invalid Args!\n",
    "sofia gwlist down": "Unknown Command [gwlist]\n",
    "sofia profile oklik rescan": "Reload XML [Success]\n+OK scan complete\n",
    "sofia profile oklik killgw pstn": "+OK gateway marked for deletion.\n",
}
