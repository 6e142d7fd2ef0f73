"""The pages of kits."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from parley.conversations.library import shipped
from parley.conversations.models import InterviewKit
from parley.organizations.models import User
from tests.api.tenants import unchanged
from tests.conversations.test_kit_operations import make, reword
from tests.conversations.test_rules import content
from tests.factories import JobFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


class _Fields(HTMLParser):
    """The values that a browser would send of the page's form of words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.area, self.select = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type")
        if tag == "input" and name and (kind != "checkbox" or "checked" in given):
            self.values.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self.area = name
            self.values[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.values[self.select] = [given.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


@pytest.fixture
def kit(user: User) -> InterviewKit:
    return make(user, content=content())


def fields(client: Client, kit: InterviewKit) -> dict[str, Any]:
    return dict(_Fields(client.get(f"/app/kits/{kit.pk}/words/").content.decode()).values)


def save(client: Client, kit: InterviewKit, values: dict[str, Any], do: str = "save") -> Any:
    return client.post(f"/app/kits/{kit.pk}/words/", values | {"do": do})


def test_a_kit_is_copied(logged_in: Client, user: User) -> None:
    assert "You have no kits of your own yet" in logged_in.get("/app/kits/").content.decode()
    job = JobFactory(company=user.company, job_title="Engineer")
    values = {"interview_type": "coding", "language": "en", "name": "Our coding", "job": job.pk}
    answer = logged_in.post("/app/kits/new/", values)
    kit = InterviewKit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/app/kits/{kit.pk}/")
    assert (kit.name, kit.interview_type, kit.job, kit.versions.get().content) == (
        "Our coding",
        "coding",
        job,
        shipped("coding"),
    )
    page = logged_in.get(f"/app/kits/{kit.pk}/").content.decode()
    for words in ("Here is a task about booking a room.", "Understanding of cost", "for <a"):
        assert words in page
    with unchanged():
        answer = logged_in.post("/app/kits/new/", values)
    assert answer.status_code == 400
    assert "Another active kit of the company has this name." in answer.content.decode()


def test_a_kit_is_copied_in_another_language(logged_in: Client) -> None:
    values = {"interview_type": "coding", "language": "de", "name": "Unser Kit"}
    assert logged_in.post("/app/kits/new/", values).status_code == 302
    assert InterviewKit.objects.get().versions.get().content == shipped("coding", "de")
    with unchanged():
        assert logged_in.post("/app/kits/new/", values | {"language": "xx", "name": "Other"}).status_code == 400


@pytest.mark.parametrize("kind", ["technical", "behavioral", "coding", "system_design", "general"])
def test_the_form_gives_back_what_it_shows(kind: str, logged_in: Client, user: User) -> None:
    kit = make(user, interview_type=kind)
    answer = save(logged_in, kit, fields(logged_in, kit))
    assert answer.status_code == 302
    assert kit.versions.count() == 1
    assert "Nothing has changed" in logged_in.get(answer["Location"]).content.decode()


def test_other_words_are_another_version_and_the_earlier_one_stays(logged_in: Client, kit: InterviewKit) -> None:
    values = fields(logged_in, kit) | {"competencies[0].questions[1].text": ["What else?"]}
    assert save(logged_in, kit, values).status_code == 302
    latest = kit.versions.order_by("-number")[0]
    assert (latest.number, latest.content["competencies"][0]["questions"][1]["text"]) == (2, "What else?")
    assert "What else?" in logged_in.get(f"/app/kits/{kit.pk}/").content.decode()
    page = logged_in.get(f"/app/kits/{kit.pk}/?version=1").content.decode()
    assert "This is version 1, which was replaced." in page
    assert "What else?" not in page


def test_what_is_wrong_is_said_beside_its_field(logged_in: Client, kit: InterviewKit) -> None:
    values = fields(logged_in, kit) | {"criteria[1].anchors.4": [""], "closing": ["Farewell."]}
    with unchanged():
        answer = save(logged_in, kit, values)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="id_criteria_1_anchors_4_error"' in page
    assert "Must be a text of 1 to 4000 characters." in page
    assert "Farewell." in page


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add-question:1", {"competencies[1].questions[2].key": ["question_1"]}),
        (
            "add-competency",
            {"competencies[2].key": ["competency_1"], "competencies[2].questions[0].key": ["question_1"]},
        ),
        ("add-criterion", {"criteria[2].key": ["criterion_1"]}),
        ("remove:competencies[0].questions[0]", {"competencies[0].questions[0].key": ["d2"]}),
        ("remove:competencies[0]", {"competencies[0].key": ["talk"]}),
        ("remove:criteria[0]", {"criteria[0].key": ["clarity"], "competencies[1].criteria": ["clarity"]}),
        ("remove:criteria[9]", {"criteria[0].key": ["depth"], "criteria[1].key": ["clarity"]}),
    ],
    ids=["question", "part", "criterion", "less-question", "less-part", "less-criterion", "nothing"],
)
def test_parts_come_and_go_without_saving(
    do: str, expected: dict[str, list[str]], logged_in: Client, kit: InterviewKit
) -> None:
    values = fields(logged_in, kit) | {"introduction": ["Not saved yet."]}
    with unchanged():
        answer = save(logged_in, kit, values, do)
    assert answer.status_code == 200
    shown = _Fields(answer.content.decode()).values
    assert {name: shown[name] for name in expected} == expected
    assert shown["introduction"][0].strip() == "Not saved yet."


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(logged_in: Client, user: User, kit: InterviewKit) -> None:
    values = fields(logged_in, kit) | {"closing": ["Mine."]}
    reword(kit, user, content(closing="Theirs."))
    with unchanged():
        answer = save(logged_in, kit, values)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Somebody has saved version 2 meanwhile" in page
    assert "Mine." in page


def test_archived_and_brought_back(logged_in: Client, kit: InterviewKit) -> None:
    logged_in.post(f"/app/kits/{kit.pk}/archive/")
    kit.refresh_from_db()
    assert not kit.is_active
    assert "Engineers" in logged_in.get("/app/kits/?state=archived").content.decode()
    logged_in.post(f"/app/kits/{kit.pk}/restore/")
    kit.refresh_from_db()
    assert kit.is_active


def test_an_archived_kit_whose_name_is_taken_stays_archived(logged_in: Client, user: User, kit: InterviewKit) -> None:
    logged_in.post(f"/app/kits/{kit.pk}/archive/")
    make(user)
    answer = logged_in.post(f"/app/kits/{kit.pk}/restore/", follow=True)
    kit.refresh_from_db()
    assert not kit.is_active
    assert "Another kit has this name by now." in answer.content.decode()


def test_renamed(logged_in: Client, kit: InterviewKit) -> None:
    answer = logged_in.post(f"/app/kits/{kit.pk}/name/", {"name": "Builders", "job": ""})
    kit.refresh_from_db()
    assert (answer.status_code, kit.name, kit.job) == (302, "Builders", None)


def test_a_version_that_is_not_there(logged_in: Client, kit: InterviewKit) -> None:
    assert logged_in.get(f"/app/kits/{kit.pk}/?version=9").status_code == 404


def test_another_companys_kit_is_not_there(logged_in: Client) -> None:
    kit = make(UserFactory())
    with unchanged():
        for address in ("", "words/", "name/"):
            assert logged_in.get(f"/app/kits/{kit.pk}/{address}").status_code == 404
        for address in ("words/", "name/", "archive/", "restore/"):
            assert logged_in.post(f"/app/kits/{kit.pk}/{address}").status_code == 404
