"""The API's addresses."""

from django.urls import include, path, register_converter
from drf_spectacular.views import SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from parley.api.converters import AnyCaseUUID
from parley.api.resources.auth import AcceptInvitation, ChangePassword, Login, Logout, Me, Register
from parley.api.resources.candidates import CandidateViewSet
from parley.api.resources.configurations import ConfigurationViewSet
from parley.api.resources.conflicts import ConflictViewSet
from parley.api.resources.document import document
from parley.api.resources.evaluations import (
    DecisionView,
    EvaluationView,
    JudgeView,
    OverridesView,
    ReportView,
    ResultsTable,
    ResultsView,
    ReviewsView,
)
from parley.api.resources.explanations import PublicExplanation, PublicRequests, RequestsView
from parley.api.resources.feeds import FeedViewSet
from parley.api.resources.interviews import InterviewViewSet
from parley.api.resources.kits import KitViewSet
from parley.api.resources.messages import MessageViewSet
from parley.api.resources.notifications import NotificationViewSet
from parley.api.resources.people import CompanyViewSet, JobViewSet, UserViewSet
from parley.api.resources.public import (
    PublicAccept,
    PublicBook,
    PublicCalendar,
    PublicCancel,
    PublicDecline,
    PublicHours,
    PublicInterview,
    PublicReschedule,
    PublicSlots,
    PublicWaitlist,
)
from parley.api.resources.schedules import ScheduleViewSet
from parley.api.resources.seating import ReseatingViewSet, WaitlistViewSet
from parley.api.resources.sessions import (
    PublicAnswers,
    PublicDraft,
    PublicFeedback,
    PublicFinish,
    PublicHuman,
    PublicSession,
    PublicStart,
)
from parley.api.resources.slots import SlotViewSet
from parley.api.resources.utility import AvailableSlots, CalendarView
from parley.api.resources.webhooks import WebhookViewSet

register_converter(AnyCaseUUID, "anyuuid")
router = SimpleRouter(use_regex_path=False)
router.register("interviews/slots", SlotViewSet, basename="ai-interview-slots")
router.register("interviews/configurations", ConfigurationViewSet, basename="ai-interview-configurations")
router.register("interviews/schedules", ScheduleViewSet, basename="ai-interview-schedules")
router.register("interviews/conflicts", ConflictViewSet, basename="ai-interview-conflicts")
router.register("interviews/reseatings", ReseatingViewSet, basename="reseatings")
router.register("interviews/waitlist", WaitlistViewSet, basename="waitlist")
router.register("interviews", InterviewViewSet, basename="ai-interviews")
router.register("companies", CompanyViewSet, basename="companies")
router.register("jobs", JobViewSet, basename="jobs")
router.register("candidates", CandidateViewSet, basename="candidates")
router.register("kits", KitViewSet, basename="kits")
router.register("messages", MessageViewSet, basename="messages")
router.register("notifications", NotificationViewSet, basename="notifications")
router.register("calendar_feeds", FeedViewSet, basename="calendar-feeds")
router.register("users", UserViewSet, basename="users")
router.register("webhooks", WebhookViewSet, basename="webhooks")

urlpatterns = [
    path("auth/login/", Login.as_view(), name="login"),
    path("auth/logout/", Logout.as_view(), name="logout"),
    path("auth/me/", Me.as_view(), name="me"),
    path("auth/change-password/", ChangePassword.as_view(), name="change-password"),
    path("auth/register/", Register.as_view(), name="register"),
    path("auth/accept-invitation/", AcceptInvitation.as_view(), name="accept-invitation"),
    path("interviews/available-slots/", AvailableSlots.as_view({"get": "list"}), name="available-slots"),
    path("interviews/calendar/", CalendarView.as_view(), name="calendar"),
    path("public/interviews/<str:link>/", PublicInterview.as_view(), name="public-interview"),
    path("public/interviews/<str:link>/slots/", PublicSlots.as_view(), name="public-slots"),
    path("public/interviews/<str:link>/invitation.ics", PublicCalendar.as_view(), name="public-calendar"),
    path("public/interviews/<str:link>/book/", PublicBook.as_view(), name="public-book"),
    path("public/interviews/<str:link>/reschedule/", PublicReschedule.as_view(), name="public-reschedule"),
    path("public/interviews/<str:link>/cancel/", PublicCancel.as_view(), name="public-cancel"),
    path("public/interviews/<str:link>/proposal/accept/", PublicAccept.as_view(), name="public-accept"),
    path("public/interviews/<str:link>/proposal/decline/", PublicDecline.as_view(), name="public-decline"),
    path("public/interviews/<str:link>/waitlist/", PublicWaitlist.as_view(), name="public-waitlist"),
    path("public/interviews/<str:link>/hours/", PublicHours.as_view(), name="public-hours"),
    path("public/interviews/<str:link>/session/", PublicSession.as_view(), name="public-session"),
    path("public/interviews/<str:link>/session/start/", PublicStart.as_view(), name="public-start"),
    path("public/interviews/<str:link>/session/draft/", PublicDraft.as_view(), name="public-draft"),
    path("public/interviews/<str:link>/session/answers/", PublicAnswers.as_view(), name="public-answers"),
    path("public/interviews/<str:link>/session/finish/", PublicFinish.as_view(), name="public-finish"),
    path("public/interviews/<str:link>/session/human/", PublicHuman.as_view(), name="public-human"),
    path("public/interviews/<str:link>/feedback/", PublicFeedback.as_view(), name="public-feedback"),
    path("public/interviews/<str:link>/explanation/", PublicExplanation.as_view(), name="public-explanation"),
    path("public/interviews/<str:link>/requests/", PublicRequests.as_view(), name="public-requests"),
    path("interviews/<anyuuid:pk>/requests/", RequestsView.as_view(), name="evaluation-requests"),
    path("interviews/<anyuuid:pk>/evaluation/", EvaluationView.as_view(), name="evaluation"),
    path("interviews/<anyuuid:pk>/reviews/", ReviewsView.as_view(), name="evaluation-reviews"),
    path("interviews/<anyuuid:pk>/overrides/", OverridesView.as_view(), name="evaluation-overrides"),
    path("interviews/<anyuuid:pk>/judge/", JudgeView.as_view(), name="evaluation-judge"),
    path("interviews/<anyuuid:pk>/decision/", DecisionView.as_view(), name="evaluation-decision"),
    path("interviews/<anyuuid:pk>/results.json", ResultsView.as_view(), name="evaluation-results"),
    path("interviews/<anyuuid:pk>/results.csv", ResultsTable.as_view(), name="evaluation-table"),
    path("interviews/<anyuuid:pk>/report.pdf", ReportView.as_view(), name="evaluation-report"),
    path("", include(router.urls)),
    path("schema/", document, name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
