"""People who wait for an agent, in the order of their coming, and the agents who are taken.

One line for each group; whoever came first is offered a free agent first.  An agent belongs to one person from the
first ring to the end of the talk, in whichever groups they are.  Several processes would each have lines of their own.
"""

from collections.abc import Callable

from oklik.agents.groups import Group, next_agent


class Waiter:
    """One person's place in a line.  Made by Lines.join()."""

    def __init__(self, lines: "Waiting", line: list["Waiter"], wake: Callable[[], None]) -> None:
        self.wake = wake
        self.rung: list[str] = []  # whom we have rung for them in this round
        self.agent: str | None = None  # whom we are ringing for them, or who talks to them
        self._lines = lines
        self._line = line

    @property
    def place(self) -> int:
        """From 1."""
        return self._line.index(self) + 1 if self in self._line else 0

    def take(self, group: Group) -> str | None:
        """The agent who is to be rung for them now, and is nobody else's from here on; None: there is none now."""
        gone = [*self.rung, *self._lines.taken]
        for other in self._line[: self.place - 1]:
            if other.agent is None and (theirs := next_agent(group, rung=[*gone, *other.rung])) is not None:
                gone.append(theirs)
        self.agent = next_agent(group, rung=gone)
        if self.agent is not None:
            self.rung.append(self.agent)
            self._lines.taken.add(self.agent)
        return self.agent

    def all_rung(self, group: Group) -> bool:
        """Everybody of the group was rung for them in this round."""
        return next_agent(group, rung=self.rung) is None

    def new_round(self) -> None:
        """Everybody may be rung for them again."""
        self.rung.clear()

    def give_back(self) -> None:
        """The agent is free for others."""
        if self.agent is not None:
            self._lines.taken.discard(self.agent)
            self.agent = None
            self._lines.wake_all()

    def served(self) -> None:
        """They talk now: those behind move up."""
        if self in self._line:
            self._line.remove(self)
            self._lines.wake_all()

    def leave(self) -> None:
        """They wait no more, and nobody is theirs."""
        self.served()
        self.give_back()


class Waiting:
    """All lines of one process."""

    def __init__(self) -> None:
        self.taken: set[str] = set()  # agents who are being rung or talk
        self._lines: dict[str, list[Waiter]] = {}

    def join(self, line: str, wake: Callable[[], None]) -> Waiter:
        """Come to the end of a line.  wake: called when an agent was freed or somebody before them is gone."""
        waiters = self._lines.setdefault(line, [])
        waiter = Waiter(self, waiters, wake)
        waiters.append(waiter)
        return waiter

    def wake_all(self) -> None:
        """Something has changed: agents may be in several groups."""
        for name, line in list(self._lines.items()):
            if not line:
                del self._lines[name]
            for waiter in line:
                waiter.wake()
