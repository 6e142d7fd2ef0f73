"""The ``webhooks`` of the OpenAPI document: what receivers are sent."""

from typing import Any

from parley.webhooks.rules.catalogue import DESCRIBED, SCHEMA_VERSION, THINGS, Thing

_PARAMETERS = {
    "WebhookId": (
        "webhook-id",
        "`msg_…`: the same for every attempt, and where it is replayed. Forget what you have seen already.",
    ),
    "WebhookTimestamp": ("webhook-timestamp", "When this attempt was signed: seconds since 1970, UTC."),
    "WebhookSignature": (
        "webhook-signature",
        "Signatures after Standard Webhooks, separated by spaces: `v1,` and the base64 of the HMAC-SHA256 of "
        "`{webhook-id}.{webhook-timestamp}.{body}`, keyed with the bytes behind `whsec_`. For a day after a rotation "
        "there are two, one with each secret: one that is right is enough.",
    ),
}
_RESPONSES = {
    "2XX": {
        "description": "Taken. Answer within 15 seconds; the beginning of the answer's body is shown to the company."
    },
    "410": {"description": "Never send here again: the webhook is switched off."},
    "default": {
        "description": "Anything else, redirects too, is a failure and tried again, for over a day. 429 and 503 may "
        "say when, with `Retry-After` (at most an hour)."
    },
}


def document_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Describe each type with its body."""
    components = result["components"]
    components["parameters"] = {
        name: {"name": header, "in": "header", "required": True, "description": said, "schema": {"type": "string"}}
        for name, (header, said) in _PARAMETERS.items()
    }
    for kind, thing in THINGS.items():
        components["schemas"][_component(kind)] = _data(thing)
    result["webhooks"] = {name: {"post": _operation(name, said)} for name, said in DESCRIBED.items()}
    return result


def _operation(name: str, said: str) -> dict[str, Any]:
    return {
        "operationId": f"webhook_{name.replace('.', '_')}",
        "summary": said.partition(".")[0].partition(";")[0],
        "description": said,
        "tags": ["webhooks"],
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in _PARAMETERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(name)}}},
        "responses": _RESPONSES,
    }


def _body(name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "timestamp", "data", "schema_version"],
        "properties": {
            "type": {"type": "string", "enum": [name]},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"$ref": f"#/components/schemas/{_component(name.partition('.')[0])}"},
            "schema_version": {"type": "integer", "enum": [SCHEMA_VERSION]},
        },
    }


def _data(thing: Thing) -> dict[str, Any]:
    state = {name: dict(schema) for name, schema in thing.state.items()}
    previous = {
        "type": ["object", "null"],
        "description": "The state before, where there was one that is told.",
        "properties": state,
    }
    return {
        "type": "object",
        "description": "Ids and values. The members of the state are there where the event tells them.",
        "required": [thing.name, "company", "previous"],
        "properties": {
            **state,
            thing.name: dict(thing.key),
            "company": {"type": "integer"},
            "previous": previous,
        },
    }


def _component(kind: str) -> str:
    return f"Webhook{kind.capitalize()}Data"
