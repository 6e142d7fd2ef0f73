"""The models that are set, as pydantic-ai calls them.

Keys and addresses are the providers' own variables (``OPENAI_API_KEY``, ``OPENAI_BASE_URL``, ``ANTHROPIC_API_KEY``, …).
pydantic-ai is imported only where a model is set: it takes a while, and most processes never ask one.
"""

import functools
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def model_names() -> list[str]:
    """The model, then the one that stands in for it; empty where none is set."""
    return [name for name in (settings.AI_MODEL, settings.AI_FALLBACK_MODEL) if name]


@functools.cache
def model_of(name: str) -> "Model":
    """The model ``provider:name``. It and its connections live on the loop of ``parley.llm.loop``.

    OpenAI's is called by chat completions, the protocol that other servers speak, too. Raises pydantic-ai's
    ``UserError`` for an unknown provider, or one without a key.
    """
    from pydantic_ai.models import infer_model  # noqa: PLC0415 (see above)

    provider, _, rest = name.partition(":")
    return infer_model(f"openai-chat:{rest}" if provider == "openai" else name)
