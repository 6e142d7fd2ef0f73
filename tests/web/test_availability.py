"""The weekly patterns, as a browser without scripts uses them."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.timezones import today_in
from parley.interviews import queries
from parley.interviews.models import AIInterviewConfiguration, InterviewConflict, InterviewSlot
from parley.organizations.models import User
from tests.factories import AdminFactory, ConfigurationFactory, book

pytestmark = pytest.mark.django_db
LIST = "/app/availability/"
NEW = f"{LIST}new/"


def form(*windows: tuple[object, int, str, str], **more: str) -> dict[str, str]:
    """What the editor sends: each window with its id, weekday, start and end."""
    values = {
        "interview_type": "technical",
        "timezone": "",
        "slot_duration": "60",
        "break_duration": "0",
        "max_candidates": "1",
        "window-TOTAL_FORMS": str(len(windows)),
        "window-INITIAL_FORMS": "0",
    }
    for number, (pk, day, start, end) in enumerate(windows):
        row = {"id": pk or "", "day": day, "start": start, "end": end}
        values |= {f"window-{number}-{name}": str(value) for name, value in row.items()}
    return values | more


def publish(client: Client, *windows: tuple[object, int, str, str], at: str = NEW, **more: str) -> str:
    answer = client.post(at, form(*windows, publish="1", **more), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    return answer.content.decode()


def seen(user: User) -> str:
    return queries.fingerprint(queries.configurations(user))


def test_an_empty_list_says_what_to_do(logged_in: Client) -> None:
    page = logged_in.get(LIST).content.decode()
    assert "Say when interviews can be held" in page
    assert f'href="{NEW}"' in page


def test_a_new_week_is_filled_with_usual_hours(logged_in: Client) -> None:
    page = logged_in.get(NEW).content.decode()
    assert page.count('value="09:00"') == 5
    assert "Europe/Berlin (that of the company)" in page


def test_a_preview_says_exactly_what_publishing_does(logged_in: Client, user: User) -> None:
    monday = (1, "09:00", "11:00")
    sent = form((None, *monday), (None, 2, "13:00", "14:00"), preview="1", valid_until=in_days(user, 13))
    page = logged_in.post(NEW, sent).content.decode()
    assert (AIInterviewConfiguration.objects.count(), InterviewSlot.objects.count()) == (0, 0)
    publish(logged_in, (None, *monday), (None, 2, "13:00", "14:00"), valid_until=in_days(user, 13))
    slots = list(InterviewSlot.objects.order_by("start_time"))
    assert f"{len(slots)} come" in page
    for slot in slots:
        local = slot.start_time.astimezone(user.company.zone)  # type: ignore[union-attr]  # it has one
        assert f'class="come">{local:%H:%M}–' in page
    assert page.count('class="come">') == len(slots) + 1


def in_days(user: User, days: int) -> str:
    assert user.company is not None
    return (today_in(user.company.zone, timezone.now()) + timedelta(days=days)).isoformat()


def test_publish_change_and_undo(logged_in: Client, user: User) -> None:
    page = publish(logged_in, (None, 1, "09:00", "11:00"), (None, 3, "09:00", "10:00"))
    assert "The week “Technical” is published." in page
    monday, _wednesday = queries.configurations(user)
    before = set(InterviewSlot.objects.values_list("pk", flat=True))
    publish(logged_in, (monday.pk, 1, "09:00", "12:00"), at=f"{LIST}{monday.pk}/", seen=seen(user))
    assert list(queries.configurations(user).values_list("pk", "end_time")) == [(monday.pk, time(12))]
    answer = logged_in.post(f"{LIST}undo/", follow=True)
    assert "Undone: the week is as it was." in answer.content.decode()
    rows = queries.configurations(user).values_list("day_of_week", "start_time", "end_time")
    assert list(rows) == [(1, time(9), time(11)), (3, time(9), time(10))]
    assert len(before) == InterviewSlot.objects.count()
    again = logged_in.post(f"{LIST}undo/", follow=True).content.decode()
    assert "There is nothing to undo any more." in again


def test_a_removed_week_comes_back(logged_in: Client, user: User) -> None:
    publish(logged_in, (None, 5, "22:00", "00:00"), excluded_dates="2030-01-04\n2030-01-11", holidays="de")
    found = queries.configurations(user).get()
    answer = logged_in.post(f"{LIST}{found.pk}/", form(seen=seen(user), remove="1", holidays="DE"), follow=True)
    assert "The week “Technical” is removed." in answer.content.decode()
    assert (AIInterviewConfiguration.objects.count(), InterviewSlot.objects.count()) == (0, 0)
    logged_in.post(f"{LIST}undo/")
    back = queries.configurations(user).get()
    assert back.excluded_dates == [date(2030, 1, 4), date(2030, 1, 11)]
    assert (back.holidays, back.start_time, back.end_time) == ("DE", time(22), time(0))
    assert InterviewSlot.objects.count() > 0


def test_undo_after_somebody_else_changed_it_changes_nothing(logged_in: Client, user: User) -> None:
    publish(logged_in, (None, 1, "09:00", "11:00"))
    AIInterviewConfiguration.objects.update(updated_at=timezone.now())
    page = logged_in.post(f"{LIST}undo/", follow=True).content.decode()
    assert "Somebody else has changed this week" in page
    assert AIInterviewConfiguration.objects.count() == 1


def test_what_is_booked_stays_and_is_told(logged_in: Client, user: User) -> None:
    publish(logged_in, (None, 1, "09:00", "10:00"))
    slot = InterviewSlot.objects.order_by("start_time")[1]
    book(slot)
    found = queries.configurations(user).get()
    sent = form((found.pk, 2, "09:00", "10:00"), seen=seen(user))
    preview = logged_in.post(f"{LIST}{found.pk}/", sent | {"preview": "1"}).content.decode()
    assert "1 booked, and not offered any more" in preview
    assert InterviewConflict.objects.count() == 0
    page = logged_in.post(f"{LIST}{found.pk}/", sent | {"publish": "1"}, follow=True).content.decode()
    assert "Booked and not offered any more: 1, see Conflicts." in page
    assert InterviewConflict.objects.get().slot_id == slot.pk


def test_a_stale_editor_is_refused_and_keeps_what_was_typed(logged_in: Client, user: User) -> None:
    publish(logged_in, (None, 1, "09:00", "10:00"))
    found = queries.configurations(user).get()
    before = seen(user)
    publish(logged_in, (found.pk, 1, "09:00", "11:00"), at=f"{LIST}{found.pk}/", seen=before)
    sent = form((found.pk, 1, "13:00", "15:00"), seen=before, publish="1")
    answer = logged_in.post(f"{LIST}{found.pk}/", sent)
    assert answer.status_code == 409
    assert "Somebody else has changed this week" in answer.content.decode()
    assert 'value="13:00"' in answer.content.decode()
    assert queries.configurations(user).get().end_time == time(11)


@pytest.mark.parametrize(
    ("windows", "more", "said"),
    [
        ([(1, "09:00", "11:00"), (1, "10:00", "12:00")], {}, "Overlaps with another window of this day."),
        ([(1, "11:00", "09:00")], {}, "Must be after the start."),
        ([(1, "09:00", "09:30")], {}, "A slot of 60 minutes does not fit into the window."),
        ([(1, "09:00", "nine")], {}, "Enter a valid time."),
        ([(9, "09:00", "10:00")], {}, "Select a valid choice."),
        ([(1, "09:00", "10:00")], {"slot_duration": "2"}, "greater than or equal to 5"),
        ([(1, "09:00", "10:00")], {"holidays": "ZZ"}, "There is no such calendar."),
        ([(1, "09:00", "10:00")], {"excluded_dates": "tomorrow"}, "Write one day a line, as 2026-12-24."),
        ([(1, "09:00", "10:00")], {"valid_from": "2030-02-01", "valid_until": "2030-01-01"}, "Must not be before"),
    ],
    ids=["overlap", "backwards", "small", "no-time", "no-day", "short", "holidays", "days", "validity"],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    logged_in: Client, windows: list[tuple[int, str, str]], more: dict[str, str], said: str
) -> None:
    answer = logged_in.post(NEW, form(*((None, *each) for each in windows), publish="1", **more))
    assert answer.status_code in (400, 409)
    assert said in answer.content.decode()
    assert (AIInterviewConfiguration.objects.count(), InterviewSlot.objects.count()) == (0, 0)


def test_more_rows_without_scripts(logged_in: Client) -> None:
    answer = logged_in.post(NEW, form((None, 1, "09:00", "10:00"), row="1"))
    assert answer.status_code == 200
    assert answer.content.decode().count("data-window") == 4  # two more, and the template of one
    assert AIInterviewConfiguration.objects.count() == 0


def test_while_it_is_edited_only_the_preview_is_sent(logged_in: Client) -> None:
    answer = logged_in.post(NEW, form((None, 1, "09:00", "10:00")), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page
    wrong = logged_in.post(NEW, form((None, 1, "09:00", "09:10")), headers={"HX-Request": "true"})
    assert (wrong.status_code, "does not fit" in wrong.content.decode()) == (200, True)


def test_an_administrator_is_told_how_to_go_on(client: Client) -> None:
    client.force_login(AdminFactory())
    assert client.get(LIST).status_code == 403


def test_the_list_is_a_constant_number_of_statements(logged_in: Client, user: User) -> None:
    counts = []
    for made in (1, 3, 60):
        while AIInterviewConfiguration.objects.count() < made:
            number = AIInterviewConfiguration.objects.count()
            ConfigurationFactory(
                company=user.company,
                day_of_week=number % 7 + 1,
                valid_from=date(2030 + number, 1, 1),
                valid_until=date(2030 + number, 2, 1),
            )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            logged_in.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
