"""`sofia` on the virtual switch, word for word as FreeSWITCH 1.10.12 answers it."""

import re

from oklik.telephony.virtual.population import Lines, Population
from virtual.test_switch import Desk

# What a real switch said that has one gateway, pstn.
REAL = {
    "sofia status gateway nosuch": "Invalid Gateway!\n",
    "sofia profile nosuch rescan": "Invalid Profile [nosuch]",
    "sofia profile oklik killgw nosuch": "-ERR no such gateway.\n",
    "sofia profile oklik killgw": "-ERR missing gw name\n",
    "sofia profile oklik": "Invalid Args!\n",
    "sofia gwlist down": "Unknown Command [gwlist]\n",
    "sofia profile oklik rescan": "Reload XML [Success]\n+OK scan complete\n",
    "sofia profile oklik killgw pstn": "+OK gateway marked for deletion.\n",
}
FIELDS = (
    "Name Profile Scheme Realm Username Password From Contact Exten To Proxy Context Expires Freq Ping PingFreq "
    "PingTime PingState State Status Uptime CallsIN CallsOUT FailedCallsIN FailedCallsOUT"
)


def test_answers_are_the_real_switchs_own() -> None:
    desk = Desk()
    for command, answer in REAL.items():
        assert desk.api(command) == answer, command


def test_a_gateways_table() -> None:
    table = Desk().api("sofia status gateway pstn")
    assert table.startswith("=" * 97 + "\nName    \tpstn\nProfile \toklik\n")
    assert table.endswith("=" * 97 + "\n")
    assert " ".join(re.findall(r"^(\w+) *\t", table, re.MULTILINE)) == FIELDS
    assert "\nState   \tNOREG\nStatus  \tUP\nUptime  \t" in table


def test_a_gateway_that_was_dropped_is_back_after_a_rescan() -> None:
    desk = Desk()
    assert desk.api("sofia profile oklik killgw pstn").startswith("+OK")
    assert desk.api("sofia status gateway pstn") == "Invalid Gateway!\n"
    assert desk.api("sofia profile oklik killgw pstn") == "-ERR no such gateway.\n"
    assert desk.api("originate sofia/gateway/pstn/1 &park()") == "-ERR INVALID_GATEWAY\n"
    assert desk.api("sofia profile oklik rescan").endswith("+OK scan complete\n")
    assert "State   \tNOREG" in desk.api("sofia status gateway pstn")


def test_a_carrier_that_refuses_us() -> None:
    desk = Desk(population=Population(lines=Lines(refused=("pstn",))))
    desk.send("event plain CUSTOM sofia::gateway_state")
    assert "State   \tFAIL_WAIT\nStatus  \tDOWN" in desk.api("sofia status gateway pstn")
    desk.api("sofia profile oklik rescan")
    told = [one for one in desk.seen() if one.name == "CUSTOM"]
    assert [(one.get("Gateway"), one.get("Status")) for one in told] == [("pstn", "403")]
    assert desk.api("originate sofia/gateway/pstn/1 &park()") == "-ERR GATEWAY_DOWN\n"
