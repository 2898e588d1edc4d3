"""What `oklik campaign` says."""

TEXTS: dict[str, tuple[str, str]] = {
    "state_draft": ("черновик", "draft"),
    "state_running": ("идёт", "running"),
    "state_paused": ("на паузе", "paused"),
    "state_done": ("закончена", "done"),
    "state_stopped": ("остановлена", "stopped"),
    "campaign_line": ("{id}. {project} / {name}, {state}", "{id}. {project} / {name}, {state}"),
    "campaigns_none": ("кампаний пока нет", "there are no campaigns yet"),
    "no_campaign": (
        "кампании «{given}» нет, или таких несколько; есть: {known}",
        "there is no campaign {given!r}, or more than one; there are: {known}",
    ),
}
