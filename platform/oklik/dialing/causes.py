"""What an unanswered leg's end means: hangup cause, Q.850 and SIP status of the switch -> disposition.

Sources: FreeSWITCH 1.10's list of causes and mod_sofia's mapping of SIP statuses, recorded transcripts, RFC 3261 (an
unknown status is read as the x00 of its class).  What an *answered* call came to is disposition.py's business.
"""

from oklik.dialing.vocabulary import Disposition

# Final SIP statuses.  "Our side" (line_fault) is all that says the request, the account or the network failed, and
# not the person.
_STATUS: dict[int, Disposition] = {
    300: Disposition.UNREACHABLE,  # a redirect: we follow none (outbound_redirect_fatal)
    400: Disposition.LINE_FAULT,
    401: Disposition.LINE_FAULT,  # our password at the carrier
    402: Disposition.LINE_FAULT,  # our account is empty
    403: Disposition.REJECTED,  # mostly a filter against unwanted calls; asking again soon would make it worse
    404: Disposition.INVALID_NUMBER,
    408: Disposition.UNREACHABLE,
    410: Disposition.INVALID_NUMBER,  # the number was changed or given up
    480: Disposition.UNREACHABLE,
    484: Disposition.INVALID_NUMBER,
    485: Disposition.INVALID_NUMBER,
    486: Disposition.BUSY,
    487: Disposition.CANCELLED,
    500: Disposition.LINE_FAULT,
    600: Disposition.BUSY,
    603: Disposition.REJECTED,
    604: Disposition.INVALID_NUMBER,
    606: Disposition.LINE_FAULT,
    607: Disposition.REJECTED,
    608: Disposition.REJECTED,
}

# The cause that mod_sofia derives from a status by itself.  Another cause beside the status came from a Reason: Q.850
# header of the far end, which knows better.
_OWN_CAUSE: dict[int, str] = {
    401: "CALL_REJECTED",
    402: "CALL_REJECTED",
    403: "CALL_REJECTED",
    404: "UNALLOCATED_NUMBER",
    405: "SERVICE_UNAVAILABLE",
    407: "CALL_REJECTED",
    408: "RECOVERY_ON_TIMER_EXPIRE",
    410: "NUMBER_CHANGED",
    480: "NO_USER_RESPONSE",
    482: "EXCHANGE_ROUTING_ERROR",
    483: "EXCHANGE_ROUTING_ERROR",
    484: "INVALID_NUMBER_FORMAT",
    485: "NO_ROUTE_DESTINATION",
    486: "USER_BUSY",
    487: "ORIGINATOR_CANCEL",
    488: "INCOMPATIBLE_DESTINATION",
    502: "NETWORK_OUT_OF_ORDER",
    504: "RECOVERY_ON_TIMER_EXPIRE",
    600: "USER_BUSY",
    603: "CALL_REJECTED",
    604: "NO_ROUTE_DESTINATION",
    606: "INCOMPATIBLE_DESTINATION",
    607: "UNWANTED",
    608: "CALL_REJECTED",
}
# Causes into which mod_sofia folds many statuses: they say nothing, the status does.
_VAGUE = frozenset({"NORMAL_TEMPORARY_FAILURE", "NORMAL_UNSPECIFIED", "NORMAL_CLEARING", "NONE", ""})

CAUSES: dict[str, Disposition] = {
    "UNALLOCATED_NUMBER": Disposition.INVALID_NUMBER,
    "NO_ROUTE_TRANSIT_NET": Disposition.LINE_FAULT,
    "NO_ROUTE_DESTINATION": Disposition.INVALID_NUMBER,
    "CHANNEL_UNACCEPTABLE": Disposition.LINE_FAULT,
    "CALL_AWARDED_DELIVERED": Disposition.LINE_FAULT,
    "NORMAL_CLEARING": Disposition.NO_ANSWER,
    "USER_BUSY": Disposition.BUSY,
    "NO_USER_RESPONSE": Disposition.UNREACHABLE,
    "NO_ANSWER": Disposition.NO_ANSWER,
    "SUBSCRIBER_ABSENT": Disposition.UNREACHABLE,
    "CALL_REJECTED": Disposition.REJECTED,
    "NUMBER_CHANGED": Disposition.INVALID_NUMBER,
    "REDIRECTION_TO_NEW_DESTINATION": Disposition.UNREACHABLE,
    "EXCHANGE_ROUTING_ERROR": Disposition.LINE_FAULT,
    "DESTINATION_OUT_OF_ORDER": Disposition.UNREACHABLE,  # with a channel; without one it is our own throttle
    "INVALID_NUMBER_FORMAT": Disposition.INVALID_NUMBER,
    "FACILITY_REJECTED": Disposition.LINE_FAULT,
    "RESPONSE_TO_STATUS_ENQUIRY": Disposition.LINE_FAULT,
    "NORMAL_UNSPECIFIED": Disposition.LINE_FAULT,
    "NORMAL_CIRCUIT_CONGESTION": Disposition.LINE_FAULT,
    "NETWORK_OUT_OF_ORDER": Disposition.LINE_FAULT,
    "NORMAL_TEMPORARY_FAILURE": Disposition.LINE_FAULT,
    "SWITCH_CONGESTION": Disposition.LINE_FAULT,
    "ACCESS_INFO_DISCARDED": Disposition.LINE_FAULT,
    "REQUESTED_CHAN_UNAVAIL": Disposition.LINE_FAULT,
    "PRE_EMPTED": Disposition.LINE_FAULT,
    "FACILITY_NOT_SUBSCRIBED": Disposition.LINE_FAULT,
    "OUTGOING_CALL_BARRED": Disposition.LINE_FAULT,
    "INCOMING_CALL_BARRED": Disposition.REJECTED,
    "BEARERCAPABILITY_NOTAUTH": Disposition.LINE_FAULT,
    "BEARERCAPABILITY_NOTAVAIL": Disposition.LINE_FAULT,
    "SERVICE_UNAVAILABLE": Disposition.LINE_FAULT,
    "BEARERCAPABILITY_NOTIMPL": Disposition.LINE_FAULT,
    "CHAN_NOT_IMPLEMENTED": Disposition.LINE_FAULT,
    "FACILITY_NOT_IMPLEMENTED": Disposition.LINE_FAULT,
    "SERVICE_NOT_IMPLEMENTED": Disposition.LINE_FAULT,
    "INVALID_CALL_REFERENCE": Disposition.LINE_FAULT,
    "INCOMPATIBLE_DESTINATION": Disposition.LINE_FAULT,
    "INVALID_MSG_UNSPECIFIED": Disposition.LINE_FAULT,
    "MANDATORY_IE_MISSING": Disposition.LINE_FAULT,
    "MESSAGE_TYPE_NONEXIST": Disposition.LINE_FAULT,
    "WRONG_MESSAGE": Disposition.LINE_FAULT,
    "IE_NONEXIST": Disposition.LINE_FAULT,
    "INVALID_IE_CONTENTS": Disposition.LINE_FAULT,
    "WRONG_CALL_STATE": Disposition.LINE_FAULT,
    "RECOVERY_ON_TIMER_EXPIRE": Disposition.UNREACHABLE,
    "MANDATORY_IE_LENGTH_ERROR": Disposition.LINE_FAULT,
    "PROTOCOL_ERROR": Disposition.LINE_FAULT,
    "INTERWORKING": Disposition.LINE_FAULT,
    "SUCCESS": Disposition.NO_ANSWER,
    "ORIGINATOR_CANCEL": Disposition.CANCELLED,
    "CRASH": Disposition.LINE_FAULT,
    "SYSTEM_SHUTDOWN": Disposition.LINE_FAULT,
    "LOSE_RACE": Disposition.CANCELLED,
    "MANAGER_REQUEST": Disposition.CANCELLED,
    "BLIND_TRANSFER": Disposition.CANCELLED,
    "ATTENDED_TRANSFER": Disposition.CANCELLED,
    "ALLOTTED_TIMEOUT": Disposition.NO_ANSWER,
    "USER_CHALLENGE": Disposition.LINE_FAULT,
    "MEDIA_TIMEOUT": Disposition.LINE_FAULT,
    "PICKED_OFF": Disposition.CANCELLED,
    "USER_NOT_REGISTERED": Disposition.LINE_FAULT,
    "PROGRESS_TIMEOUT": Disposition.UNREACHABLE,
    "INVALID_GATEWAY": Disposition.LINE_FAULT,
    "GATEWAY_DOWN": Disposition.LINE_FAULT,
    "INVALID_URL": Disposition.LINE_FAULT,
    "INVALID_PROFILE": Disposition.LINE_FAULT,
    "NO_PICKUP": Disposition.NO_ANSWER,
    "SRTP_READ_ERROR": Disposition.LINE_FAULT,
    "BOWOUT": Disposition.CANCELLED,
    "BUSY_EVERYWHERE": Disposition.BUSY,
    "DECLINE": Disposition.REJECTED,
    "DOES_NOT_EXIST_ANYWHERE": Disposition.INVALID_NUMBER,
    "NOT_ACCEPTABLE": Disposition.LINE_FAULT,
    "UNWANTED": Disposition.REJECTED,
    "NO_IDENTITY": Disposition.LINE_FAULT,
    "BAD_IDENTITY_INFO": Disposition.LINE_FAULT,
    "UNSUPPORTED_CERTIFICATE": Disposition.LINE_FAULT,
    "INVALID_IDENTITY": Disposition.LINE_FAULT,
    "STALE_DATE": Disposition.LINE_FAULT,
    "REJECT_ALL": Disposition.REJECTED,
    "LOST": Disposition.UNKNOWN,  # our own word: nobody can say how the leg ended
}

# Q.850 codes, for a cause name that a newer switch invents.
_Q850: dict[int, Disposition] = {
    1: Disposition.INVALID_NUMBER,
    17: Disposition.BUSY,
    18: Disposition.UNREACHABLE,
    19: Disposition.NO_ANSWER,
    20: Disposition.UNREACHABLE,
    21: Disposition.REJECTED,
    22: Disposition.INVALID_NUMBER,
    28: Disposition.INVALID_NUMBER,
}
# Default for what no table knows: our side.  It costs the person no attempt, and its own cap is small.
DEFAULT = Disposition.LINE_FAULT


def unanswered(
    cause: str, *, q850: int = 0, sip_status: int = 0, channel: bool = True, sent: bool = True
) -> Disposition:
    """Give the disposition of a person's leg that was never answered.

    cause: the switch's hangup cause; sip_status: final status of the far end, 0 if none; channel: whether the switch
    ever made a channel; sent: False when the switch's guard refused, so that surely nobody was dialed.
    """
    if not sent:
        return Disposition.NOT_SENT
    if not channel:
        # Nothing left the switch: bad gateway, throttle, uuid in use.  Never the person's doing.
        return Disposition.UNKNOWN if cause == "LOST" else Disposition.LINE_FAULT
    if 300 <= sip_status <= 699 and (cause in _VAGUE or cause == own_cause(sip_status)):
        return of_status(sip_status)
    if cause in CAUSES:
        return CAUSES[cause]
    if q850 in _Q850:
        return _Q850[q850]
    if 300 <= sip_status <= 699:
        return of_status(sip_status)
    return DEFAULT


def of_status(status: int) -> Disposition:
    """Give the disposition of a final SIP status 300–699; one without a row reads as the x00 of its class."""
    return _STATUS.get(status) or _STATUS[status // 100 * 100]


def own_cause(status: int) -> str:
    """Give the cause that mod_sofia makes of a status when the far end sends no Q.850 reason."""
    if status in {400, 481, 500, 503}:
        return "NORMAL_TEMPORARY_FAILURE"
    return _OWN_CAUSE.get(status, "NORMAL_UNSPECIFIED")
