"""What candidates agree to, in the page's language: ``parley.conversations.rules.consent`` sentence by sentence."""

from django.utils.translation import gettext_lazy as _

NOTICE = (
    _("You talk to an AI interviewer, not to a person."),
    _("Everything that you send is recorded with its time. What you practise stays on this device."),
    _("The AI may help to rate your answers, by the same criteria for everybody. People read them and decide."),
    _("You can ask for a human interview instead, before and during this one."),
)
