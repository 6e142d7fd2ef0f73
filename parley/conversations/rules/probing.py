"""When the scripted interviewer asks on, and with what."""

import re
from collections.abc import Sequence

SHORT, LONG = 12, 90  # words
_CONCRETE = re.compile(r"\d|[\"“„«]|\b(?:for example|zum Beispiel|por ejemplo|par exemple|उदाहरण)\b", re.IGNORECASE)
# Said to a very short answer, before the question goes deeper; by the interview's language.
_KINDLY = {
    "en": ("Take your time: even a rough idea helps.", "Could you say a little more, perhaps with an example?"),
    "de": (
        "Lassen Sie sich Zeit: auch eine grobe Idee hilft.",
        "Können Sie etwas mehr dazu sagen, vielleicht mit einem Beispiel?",
    ),
    "es": (
        "Tómese su tiempo: incluso una idea aproximada ayuda.",
        "¿Podría decir algo más, quizá con un ejemplo?",
    ),
    "fr": (
        "Prenez votre temps : même une idée approximative est utile.",
        "Pourriez-vous en dire un peu plus, peut-être avec un exemple ?",
    ),
    "hi": ("आराम से सोचिए: एक मोटा-सा विचार भी काम का है।", "क्या आप थोड़ा और बता सकते हैं, शायद किसी उदाहरण के साथ?"),
}


def follow_up_of(probes: Sequence[str], answers: Sequence[str], *, language: str) -> str:
    """What is asked after the latest of the ``answers`` to one question; nothing where the next question is due.

    A long and concrete answer is not asked about again, and nobody is pressed who has answered nothing twice.
    """
    latest, asked = answers[-1], len(answers) - 1
    words = len(latest.split())
    if words >= LONG and _CONCRETE.search(latest):
        return ""
    probe = probes[asked] if asked < len(probes) else ""
    if words >= SHORT:
        return probe
    if asked:
        return probe if words else ""
    kindly, more = _KINDLY.get(language.partition("-")[0], _KINDLY["en"])
    return f"{kindly} {probe or more}"
