"""The common part of the kinds that read an answer back before they believe it: «вы ввели …, верно — 1, снова — 2».

What was keyed in waits in the session's memo and is no answer yet: whoever leaves before confirming has not answered.
"""

from oklik.scenario.flow import Collect
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import Leave, Visit

RIGHT = "1"
AGAIN = "2"


class ConfirmingNode(AskingNode):
    """Asks, reads back and takes the answer once it is confirmed."""

    def take(self, visit: Visit) -> Leave:
        """What waits in the memo is the answer now."""
        raise NotImplementedError

    def read_back(self, visit: Visit) -> Collect:
        """Say what was keyed in and ask whether it is right."""
        return Collect(
            node=visit.node,
            parts=visit.say("confirm", given=visit.memo),
            allowed=RIGHT + AGAIN + (self.repeat_key or ""),
            timeout_s=self.timeout_s,
            barge_in=self.barge_in,
        )

    def judge_confirmation(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """Right, or from the beginning; any other key means nothing."""
        if keys == RIGHT:
            return self.take(visit)
        return self.ask_next(visit, {}) if keys == AGAIN else None

    def ask_next(self, visit: Visit, memo: dict[str, str]) -> Collect:
        """Remember what was keyed in and ask what comes next; each thing that is asked has all the tries."""
        visit.memo, visit.tries = memo, 0
        return self.collect(visit)
