"""What `oklik campaign machines` shows: the signs of who was at the phone, as lines."""

from collections.abc import Iterator

from oklik.messages import say
from oklik.reports.half_up import percent
from oklik.reports.machines import MachineReport


def lines(report: MachineReport, language: str) -> Iterator[str]:
    """The report for people."""
    policy = report.policy

    def told(key: str, **values: object) -> str:
        return say(f"machines_{key}", language, **values)

    def share(n: int) -> str:
        return f"{percent(n, report.answered)} %"

    yield told(
        "policy",
        on_beep=told(policy.on_beep),
        listen_s=policy.listen_s,
        key_gate=told("yes" if policy.key_gate else "no"),
        early=told("yes" if policy.early_unreachable else "no"),
    )
    yield told("answered", n=report.answered)
    if report.answered:
        yield told("keyed", n=report.keyed, share=share(report.keyed))
        if report.key_s is not None:
            quarter, middle, three = (f"{value:g}" for value in report.key_s)
            yield told("key_s", quarter=quarter, middle=middle, three=three)
        if policy.listens:
            yield told("beeped", n=report.beeped, share=share(report.beeped))
        yield told("silent", n=report.silent, share=share(report.silent))
        yield told("taken", n=report.machines, messages=report.messages)
        yield told("false", n=report.false_answers, limit=policy.false_answer_s)
    yield told("announced", n=report.announced)
    found = report.false_alarms
    if found is None:
        if policy.listens:
            yield told("error_unknown")
    else:
        low, high = (f"{100 * value:.1f}" for value in (found.low, found.high))
        yield told("error", found=found.found, all=found.all, low=low, high=high)
