"""Read a synthesised template as a person would: names without hashes, references as text."""

import json
import re
from collections.abc import Iterator
from typing import Any

HASH = re.compile(r"[0-9A-F]{8}$")
MASKS = (
    (re.compile(r"^[0-9a-f]{64}(\.zip)?$"), r"<asset>"),
    (re.compile(r"cdk-hnb659fds-assets-"), r"cdk-assets-"),
)
ELSEWHERE = {"SavedObjectsHash", "IndexTemplates", "DashboardBody"}
"""Properties that repeat what a file of the repository, or a test of its own, shows better."""


class Reading:
    """A template. Logical ids have no hashes if they are unique without them."""

    def __init__(self, template: dict[str, Any]) -> None:
        ids = list(template["Resources"])
        short = {each: HASH.sub("", each) for each in ids}
        self._names = {each: name if list(short.values()).count(name) == 1 else each for each, name in short.items()}
        self.resources = {self._names[each]: resource for each, resource in template["Resources"].items()}
        self.outputs = set(template.get("Outputs", {}))
        self._template = template

    def id(self, name: str) -> str:
        """The logical id of a resource, with its hash."""
        return next(each for each, short in self._names.items() if short == name)

    def of_type(self, type_: str) -> dict[str, dict[str, Any]]:
        """Return the properties of each resource of a type, by name."""
        return {
            name: each.get("Properties", {}) for name, each in self.resources.items() if each["Type"] == f"AWS::{type_}"
        }

    def text(self, value: Any) -> str:
        """Return a reference or a joined text as `<SearchDomain.Arn>/_bulk` or `arn:<AWS::Partition>:iam::…`."""
        if isinstance(value, str):
            return value
        if "Ref" in value:
            return f"<{self._names.get(value['Ref'], value['Ref'])}>"
        if "Fn::GetAtt" in value:
            name, attribute = value["Fn::GetAtt"]
            return f"<{self._names.get(name, name)}.{attribute}>"
        if "Fn::Join" in value:
            separator, parts = value["Fn::Join"]
            return separator.join(self.text(part) for part in parts)
        if isinstance(value.get("Fn::Sub"), str):
            return re.sub(r"\$\{(.+?)\}", r"<\1>", value["Fn::Sub"])
        raise ValueError(f"not a text: {value}")

    def statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return every statement of every policy of any kind, with the name of its resource."""
        for name, resource in self.resources.items():
            for document in _documents(resource.get("Properties", {})):
                for statement in document["Statement"]:
                    yield name, statement

    def actions(self, role: str) -> set[tuple[str, str]]:
        """Return what a role may do, as (action, resource). A managed policy is ("*managed*", its name)."""
        allowed = {
            ("managed", self.text(arn).rpartition("/")[2])
            for arn in self.resources[role]["Properties"].get("ManagedPolicyArns", [])
        }
        documents = [each["PolicyDocument"] for each in self.resources[role]["Properties"].get("Policies", [])]
        for policy in self.of_type("IAM::Policy").values():
            if role in [self.text(each).strip("<>") for each in policy["Roles"]]:
                documents.append(policy["PolicyDocument"])
        for statement in (each for document in documents for each in document["Statement"]):
            allowed |= {
                (action, self.text(resource))
                for action in as_list(statement["Action"])
                for resource in as_list(statement["Resource"])
            }
        return allowed

    def normalised(self) -> str:
        """Return the whole template as JSON, sorted, with masked hashes and without the parts named in ELSEWHERE."""
        return json.dumps(self._normal(self._template), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def _normal(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._names.get(key, key): "<elsewhere>" if key in ELSEWHERE else self._normal(each)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self._normal(each) for each in value]
        if isinstance(value, str):
            value = self._names.get(value, value)
            for pattern, mask in MASKS:
                value = pattern.sub(mask, value)
        return value


def as_list(value: Any) -> list[Any]:
    """Return a list. IAM writes a list of one element as the element."""
    return value if isinstance(value, list) else [value]


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("Statement"), list):
            yield value
        for each in value.values():
            yield from _documents(each)
    elif isinstance(value, list):
        for each in value:
            yield from _documents(each)
