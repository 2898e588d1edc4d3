"""A short survey with every instruction in it, for tests and benchmarks of the dialer."""

from oklik.scenario.document import Scenario, load_text

SURVEY = """\
format: 1
name: survey
title: {ru: Опрос}
languages: [ru]
purpose: survey
start: hello
columns:
  name: {title: {ru: Имя}, type: text}
nodes:
  hello:
    kind: play
    text: {ru: "Здравствуйте, {{ name }}. Это опрос."}
    message: true
    exits: {done: visit}
  visit:
    kind: menu
    text: {ru: "Вы довольны? Да - один, нет - два."}
    question: happy
    options:
      "1": {exit: next, label: {ru: Да}, value: "yes"}
      "2": {exit: next, label: {ru: Нет}, value: "no"}
      "8": {exit: stop, answer: false}
      "0": {exit: agent, answer: false}
    exits: {next: mark, stop: peace, agent: people, no_input: bye}
  mark:
    kind: ask
    text: {ru: "Оцените нас."}
    question: mark
    terminator: ""
    exits: {done: bye, no_input: bye}
  peace:
    kind: opt_out
    text: {ru: "Больше не позвоним."}
    exits: {done: bye}
  people:
    kind: transfer
    group: sales
    exits: {talked: bye, no_agent: bye, failed: bye}
  bye:
    kind: hangup
"""


def survey() -> Scenario:
    """The survey as a scenario."""
    return load_text(SURVEY, "survey.yaml")
