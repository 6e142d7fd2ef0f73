"""The mails to candidates as a company sees and shapes them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from parley.notifications.models import MailPolicy, Message
from parley.notifications.rules import Kind
from tests.api.tenants import Tenant, assert_problem, unchanged

MESSAGE = {
    *("id", "kind", "state", "interview", "schedule", "recipient", "due_at", "sent_at", "attempts", "last_error"),
    "created_at",
}


def test_undelivered_mails_are_shown_and_sent_again(ours: Tenant, api: APIClient) -> None:
    (shown,) = api.get("/api/messages/", {"state": "undelivered"}).json()
    assert set(shown) == MESSAGE
    assert (shown["kind"], shown["last_error"]) == ("booked", "alphaworks error")
    again = api.post(f"/api/messages/{shown['id']}/send_again/")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "waiting", 0)
    with unchanged():
        assert_problem(api.post(f"/api/messages/{shown['id']}/send_again/"), 409, code="not_undelivered")
    assert api.get("/api/messages/", {"state": "undelivered"}).json() == []


@pytest.mark.parametrize("query", ["state=x", "kind=", "interview=1", "ordering=recipient"])
def test_filters_that_cannot_be_meant_are_refused(api: APIClient, query: str) -> None:
    assert_problem(api.get(f"/api/messages/?{query}"), 400, query.partition("=")[0])


def test_a_company_shapes_its_mails(ours: Tenant, api: APIClient) -> None:
    address = f"/api/companies/{ours.company.pk}/mails/"
    usual = api.get(address).json()
    assert (usual["reminder_minutes"], usual["reply_to"], usual["texts"]) == ([1440, 60], "", {})
    assert set(usual["defaults"]) == set(Kind.values)
    own = {"booked": {"subject": "Termin: {when}", "body": "Hallo {candidate_name},\n\n{link}"}}
    changed = api.patch(
        address, {"texts": own, "reminder_minutes": [120], "reply_to": "Jobs@Example.org"}, format="json"
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["texts"], changed.json()["reminder_minutes"]) == (own, [120])
    assert MailPolicy.objects.get().reply_to == "jobs@example.org"
    recruiter = ours.client("recruiter")
    with unchanged():
        assert_problem(recruiter.patch(address, {"reminder_minutes": []}, format="json"), 403)
    assert api.patch(address, {"reminder_minutes": [], "texts": {}}, format="json").json()["texts"] == {}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reminder_minutes": [4]}, "reminder_minutes[0]"),
        ({"reminder_minutes": [60] * 6}, "reminder_minutes"),
        ({"reminder_minutes": None}, "reminder_minutes"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"texts": []}, "texts"),
        ({"texts": {"other": {}}}, "texts.other"),
        ({"texts": {"booked": {"subject": "x"}}}, "texts.booked.body"),
        ({"texts": {"booked": {"subject": "{nobody}", "body": "x"}}}, "texts.booked"),
        ({"texts": {"booked": {"subject": "a\nBcc: all@example.org", "body": "x"}}}, "texts.booked"),
    ],
)
def test_mails_that_cannot_be_sent_are_refused(
    ours: Tenant, api: APIClient, values: dict[str, Any], field: str
) -> None:
    with unchanged():
        assert_problem(api.patch(f"/api/companies/{ours.company.pk}/mails/", values, format="json"), 400, field)


def test_a_mail_is_shown_before_it_is_kept(ours: Tenant, api: APIClient) -> None:
    address = f"/api/companies/{ours.company.pk}/mail_preview/"
    text = {"subject": "Hallo {candidate_name}", "body": "<b>Am</b> {when}\n\n{link}"}
    with unchanged():
        for kind in Kind.values:
            shown = api.post(address, {"kind": kind}, format="json").json()
            assert "alphaworks Inc" in shown["subject"] + shown["text"]
            assert "{" not in shown["subject"] + shown["text"]
        own = api.post(address, {"kind": "booked", "text": text}, format="json").json()
        assert own["subject"] == "Hallo Ada Keller"
        assert "&lt;b&gt;Am&lt;/b&gt;" in own["html"]
        bad = {"kind": "booked", "text": {**text, "subject": "{nobody}"}}
        assert_problem(api.post(address, bad, format="json"), 400, "texts.booked")
    assert Message.objects.count() == 1  # the tenant's own
