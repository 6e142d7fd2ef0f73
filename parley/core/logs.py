"""Structured logs: one JSON object a line (coloured on a terminal), with the request's id and no personal data."""

import logging.config
import re
from typing import Any

import orjson
import structlog


def _without_personal_data(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Take values of rows and e-mail addresses out of a traceback: they are personal data."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _ADDRESS.sub("(address)", _ROW_VALUES.sub(r"\1 (left out)", event["exception"]))
    return event


_ADDRESS = re.compile(r"[^\s'\"<>(){}@]+@[^\s'\"<>(){}@]+\.[^\s'\"<>(){}@]+")
_ROW_VALUES = re.compile(r"^(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _without_personal_data,
]


def _renderer(*, pretty: bool) -> structlog.typing.Processor:
    if pretty:
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event, default=str).decode())


def logging_config(*, level: str, pretty: bool) -> dict[str, Any]:
    """The ``logging.config`` dictionary: every logger, ours and the libraries', ends in one handler on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _renderer(pretty=pretty),
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # Django's lines carry raw paths, which may hold a personal link; the request line says the same without.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            # They log whole addresses, and those of webhooks may hold a secret.
            "httpcore": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up ``logging`` and ``structlog`` (Django calls this with ``settings.LOGGING``)."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
