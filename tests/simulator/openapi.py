"""Meta's OpenAPI file made usable for validation, with every deviation listed.

The file refuses valid messages (closed `allOf` parts), has integer response keys, and
is older than some fields; what is changed here was checked against the newer pages.
"""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parents[2].parent / "shared" / "meta" / "openapi-v23.yaml"
URI = "urn:meta-openapi"

# (schema, how it is corrected): each a reviewed deviation from the file.
NOT_REQUIRED = {
    "BaseMessageProperties": ("recipient_type", "to", "type"),
    "LanguageObject": ("policy",),
    "Statuses": ("recipient_id",),
    "IncomingMessageValueGeneral": ("contacts",),
}
OPEN_VALUES = {  # enumerations that lack values Meta documents elsewhere
    "TemplateComponent": ("sub_type",),
    "InteractiveObject": ("type",),
    "PhoneNumberInfo": ("quality_rating", "code_verification_status"),
    "Statuses": ("status",),
}
OPEN_SCHEMAS = (
    "WhatsAppPhoneNumberStatus",
    "WhatsAppCodeVerificationStatus",
    "ActionObject",  # a oneOf without URL buttons and location requests
    "IncomingMessage",  # refers by name to the outbound types
)


class OpenApi:
    def __init__(self, document: dict) -> None:
        self.document = _normalise(document)
        _correct(self.document["components"]["schemas"])
        resource = Resource.from_contents(self.document, DRAFT202012)
        self.registry = Registry().with_resource(URI, resource)

    def find_problems(self, name: str, instance: object) -> list[str]:
        return self._validate({"$ref": f"{URI}#/components/schemas/{name}"}, instance)

    def find_answer_problems(
        self, path: str, method: str, instance: object
    ) -> list[str]:
        """Against the schema of the 200 answer of one operation."""
        steps = f"/paths/{path.replace('/', '~1')}/{method}/responses/200"
        answer = self._look_up(steps)
        if "$ref" in answer:
            answer = self._look_up(answer["$ref"].removeprefix("#"))
        schema = answer["content"]["application/json"]["schema"]
        return self._validate(_absolute(schema), instance)

    def read_examples(self, path: str) -> dict[str, dict]:
        operation = self._look_up(f"/paths/{path.replace('/', '~1')}/post")
        examples = operation["requestBody"]["content"]["application/json"]["examples"]
        return {name: example["value"] for name, example in examples.items()}

    def _look_up(self, pointer: str) -> dict:
        found = self.document
        for step in pointer.strip("/").split("/"):
            found = found[step.replace("~1", "/")]
        return found

    def _validate(self, schema: dict, instance: object) -> list[str]:
        validator = Draft202012Validator(schema, registry=self.registry)
        return [
            f"{'/'.join(map(str, error.path))}: {error.message}"
            for error in validator.iter_errors(instance)
        ]


@pytest.fixture(scope="session")
def openapi():
    if not FILE.exists():
        pytest.skip(f"Meta's OpenAPI file does not lie at {FILE}")
    return OpenApi(yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader))


def _normalise(node: object) -> object:
    """Text keys, and no closed objects inside `allOf`."""
    if isinstance(node, dict):
        return {
            str(key): _normalise(value)
            for key, value in node.items()
            if not (key == "additionalProperties" and value is False)
        }
    return [_normalise(item) for item in node] if isinstance(node, list) else node


def _correct(schemas: dict) -> None:
    for name, properties in NOT_REQUIRED.items():
        required = schemas[name]["required"]
        schemas[name]["required"] = [r for r in required if r not in properties]
    for name, properties in OPEN_VALUES.items():
        for each in properties:
            schemas[name]["properties"][each] = {"type": "string"}
    for name in OPEN_SCHEMAS:
        schemas[name] = {}
    # Text in the schema, numbers in its own example.
    place = schemas["LocationMessage"]["allOf"][1]["properties"]["location"]
    for each in ("latitude", "longitude"):
        place["properties"][each] = {"type": ["string", "number"]}
    # Written as "[2-6, 11-14]", which is no pattern for 0 to 9.
    schemas["TemplateComponent"]["properties"]["index"] = {
        "type": ["string", "integer"]
    }


def _absolute(node: object) -> object:
    """References of a part of the file, made to work from outside it."""
    if isinstance(node, dict):
        return {
            key: f"{URI}{value}" if key == "$ref" else _absolute(value)
            for key, value in node.items()
        }
    return [_absolute(item) for item in node] if isinstance(node, list) else node
