"""The pages' addresses."""

from django.urls import path

from parley.web import asked, candidate, feeds, views

urlpatterns = [
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar-feed"),
    path("interview/<str:link>/", candidate.interview, name="interview"),
    path("interview/<str:link>/book/", candidate.book, name="interview-book"),
    path("interview/<str:link>/cancel/", candidate.cancel, name="interview-cancel"),
    path("interview/<str:link>/answer/", asked.answer, name="interview-answer"),
    path("interview/<str:link>/wait/", asked.wait, name="interview-wait"),
    path("interview/<str:link>/hours/", asked.hours, name="interview-hours"),
    path("mails/", views.mails, name="mails"),
    path("join/done/", views.joined, name="joined"),
    path("join/<str:token>/", views.join, name="join"),
]
