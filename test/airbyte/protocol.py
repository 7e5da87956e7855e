"""The official models of the Airbyte protocol, taken strictly: what they do not know is a fault."""

import json
from collections.abc import Iterator

from airbyte_protocol.models import AirbyteMessage, AirbyteStateBlob
from pydantic import BaseModel


def parse(line: str) -> AirbyteMessage:
    """One line of a connector's output.

    Fails if it is not a message, has a field that the protocol does not name, or means something else
    to the models than it says.
    """
    message = AirbyteMessage.model_validate_json(line)
    unknown = list(_unknown_fields(message, ""))
    assert not unknown, f"unknown to the protocol: {unknown} in {line}"
    assert message.model_dump(mode="json", by_alias=True, exclude_unset=True) == json.loads(line)
    return message


def _unknown_fields(value: object, path: str) -> Iterator[str]:
    if isinstance(value, AirbyteStateBlob):
        return
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _unknown_fields(each, f"{path}[]")
