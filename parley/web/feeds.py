"""Calendar feeds as calendars ask for them: the secret is in the address, and there is no login."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from parley.core.addresses import client_address
from parley.core.throttling import count_guess
from parley.notifications.feeds import feed_calendar, open_feed
from parley.notifications.operations.feeds import note_use

_HEADERS = {"Cache-Control": "no-store"}


@require_safe
@sensitive_variables("token")
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bookings as iCalendar; 304 where the calendar has them already."""
    now = timezone.now()
    feed = open_feed(token)
    if feed is None:
        return _nothing(request)
    note_use(feed_id=feed.pk, now=now)
    content = feed_calendar(feed, now=now)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",  # may be kept, and is asked for each time
        "Content-Disposition": 'attachment; filename="interviews.ics"',
    }
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _nothing(request: HttpRequest) -> HttpResponse:
    """The same for an address that never was one, has ended, or whose user may not look any more."""
    wait = count_guess(client_address(request), now=timezone.now())
    if wait is not None:
        headers = {**_HEADERS, "Retry-After": str(wait)}
        return HttpResponse("Too many attempts.\n", content_type="text/plain", status=429, headers=headers)
    return HttpResponse("There is no such calendar.\n", content_type="text/plain", status=404, headers=_HEADERS)
