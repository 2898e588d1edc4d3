"""What a switch says of its gateways, and reading its files anew: on the virtual switch, and on a real one."""

import pytest

from oklik.telephony.port import GatewaySeen, SwitchError
from support.patience import until
from support.switch_lab import Lab


@pytest.mark.invariant
def test_a_gateway_without_registration_is_there(lab: Lab) -> None:
    assert lab.switch.gateway("pstn") == GatewaySeen(state="NOREG", up=True, sip_status=0)
    assert lab.switch.gateway("nosuchgateway") is None


@pytest.mark.invariant
def test_files_are_read_again_and_no_other_gateway_suffers(lab: Lab) -> None:
    lab.switch.reread([])
    lab.switch.reread(["nosuchgateway"])
    assert lab.switch.gateway("pstn") is not None


@pytest.mark.invariant
def test_why_a_carrier_refuses_us_is_remembered(lab: Lab) -> None:
    if not lab.switch.virtual:
        pytest.skip("no carrier refuses us there")
    assert lab.switch.gateway("forbidden") == GatewaySeen(state="FAIL_WAIT", up=False, sip_status=0), "not heard yet"
    lab.switch.reread(["forbidden"])
    until(lambda: getattr(lab.switch.gateway("forbidden"), "sip_status", 0) == 403)


@pytest.mark.invariant
@pytest.mark.parametrize("name", ["", "_all_", "a b", "pstn\n\napi hupall", "pstn;x", "ёж", "-", "x" * 65])
def test_a_name_that_is_none_does_not_travel(lab: Lab, name: str) -> None:
    with pytest.raises(SwitchError):
        lab.switch.gateway(name)
    with pytest.raises(SwitchError):
        lab.switch.reread([name])
