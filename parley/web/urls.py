"""The pages' addresses."""

from django.urls import path

from parley.web import candidate, feeds, views

urlpatterns = [
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar-feed"),
    path("interview/<str:link>/", candidate.interview, name="interview"),
    path("interview/<str:link>/book/", candidate.book, name="interview-book"),
    path("interview/<str:link>/cancel/", candidate.cancel, name="interview-cancel"),
    path("mails/", views.mails, name="mails"),
    path("join/done/", views.joined, name="joined"),
    path("join/<str:token>/", views.join, name="join"),
]
