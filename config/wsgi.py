"""The WSGI application that the web server loads."""

import os

from parley.core.wsgi import application as make_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = make_application()

from parley.llm.calling import warm_up  # noqa: E402 (Django must be set up before)

warm_up()
