"""People's orders about campaigns that are being called: pause, resume, stop, and people who were taken out.

Memory first, so that nothing more is sent from that moment; the database then.  A campaign that the database knows to
be paused needs no memory any more: the claim sees it itself.
"""

from collections.abc import Callable

from oklik.campaigns.commands import Command, CommandKind
from oklik.clock import Clock
from oklik.worker.host import Job
from oklik.worker.needs import Book


class Orders:
    """Of one dialer."""

    def __init__(self, book: Book, clock: Clock, on_obeyed: Callable[[], None]) -> None:
        """on_obeyed: called after each order, when there may be something to do, or nothing more."""
        self._book, self._clock, self._on_obeyed = book, clock, on_obeyed
        self._removed: frozenset[int] = frozenset()  # targets whose people were taken out while they were claimed
        self._paused: dict[int, bool] = {}  # campaign -> the database knows it too

    def look(self) -> None:
        """Carry out what is new.  Raises SQLAlchemy's errors."""
        self._removed = frozenset(self._book.removed())
        for order in self._book.orders():
            self._obey(order)

    def bars(self, job: Job) -> bool:
        """Must this call not be sent, for an order that came after its claim?"""
        return job.campaign_id in self._paused or job.target_id in self._removed

    def before_claim(self) -> None:
        """Forget what the claim sees itself; nothing that was claimed before is unsent at this point."""
        self._paused = {campaign: known for campaign, known in self._paused.items() if not known}

    def _obey(self, order: Command) -> None:
        campaign = order.campaign_id
        if order.kind is not CommandKind.RESUME:
            self._paused[campaign] = False
        if self._book.carry_out(order, self._clock.now()) and order.kind is not CommandKind.RESUME:
            self._paused[campaign] = True
        else:
            self._paused.pop(campaign, None)
        self._on_obeyed()
