"""What candidates are told before the interview, and agree to. Versioned: a session keeps the version it began with."""

from parley.core.errors import Conflict, Invalid

VERSION = "2026-11"  # rises with every change of the meaning
NOTICE = (
    "You talk to an AI interviewer, not to a person.",
    "Everything that you send is recorded with its time. What you practise stays on this device.",
    "The AI may help to rate your answers, by the same criteria for everybody. People read them and decide.",
    "You can ask for a human interview instead, before and during this one.",
)


def refuse_without_consent(version: str, *, accepted: bool) -> None:
    """Raise where the candidate has not agreed, or to what is not the notice any more."""
    if not accepted:
        raise Invalid.field("accepted", "The interview begins only once you have agreed.", code="consent_needed")
    if version != VERSION:
        raise Conflict("The notice has changed: read it once more, and agree to it.", code="consent_outdated")
