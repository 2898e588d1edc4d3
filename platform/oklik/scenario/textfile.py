"""A document as the text of a file and back, for programs that hand scenarios about; the model is `document`'s."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError

_STR = "tag:yaml.org,2002:str"


def document_of(text: str) -> dict[str, Any]:
    """The data in the text of a file, YAML or JSON.  Raises ScenarioError where it holds none."""
    data, _ = reading.read(text, "")
    if not isinstance(data, dict):
        sentence = {"ru": "это не сценарий: нужны поля format, name, nodes", "en": "not a scenario: fields are missing"}
        raise ScenarioError("", "", "", sentence)
    return data


def written(document: Mapping[str, Any], form: str = "yaml") -> str:
    """The text of a file that gives this document when it is read.  form: yaml, json."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return yaml.dump(document, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110)


class Plain(yaml.SafeDumper):
    """Equal values are written out each time: anchors are hard to read, and we refuse them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """No anchors."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML quotes what is no text in YAML 1.1; we read 1.2.
    theirs: Any = dumper.resolve
    ours = reading.scalar(text) != text and theirs(yaml.ScalarNode, text, (True, False)) == _STR
    return dumper.represent_scalar(_STR, text, style="'" if ours else None)


Plain.add_representer(str, _text)
