"""Whether Parley serves, and whether what it stands on does."""

from datetime import timedelta

import orjson
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

# A worker tells every ten seconds that it is alive; three missed beats mean that nobody does the jobs.
HEARTBEAT = timedelta(seconds=30)


@csrf_exempt  # so that a POST is told that there is none here
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers."""
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and a worker takes jobs from the queue, else 503 saying which does not."""
    checks = {"database": False, "jobs": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s", [timezone.now() - HEARTBEAT]
            )
            checks = {"database": True, "jobs": cursor.fetchone()[0] > 0}
    except DatabaseError:
        pass
    ready = all(checks.values())
    body = {"status": "ok" if ready else "unavailable", **checks}
    return HttpResponse(orjson.dumps(body), status=200 if ready else 503, content_type="application/json")
