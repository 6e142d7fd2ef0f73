"""The addresses of interviews."""

from django.urls import path

from parley.web.interviews import booking, links, sessions, views

urlpatterns = [
    path("app/interviews/", views.interviews, name="app-interviews"),
    path("app/interviews/<anyuuid:pk>/", views.interview, name="app-interview"),
    path("app/interviews/<anyuuid:pk>/edit/", views.edit, name="app-interview-edit"),
    path("app/interviews/<anyuuid:pk>/feedback/", views.feedback, name="app-interview-feedback"),
    path("app/interviews/<anyuuid:pk>/delete/", views.delete, name="app-interview-delete"),
    path("app/interviews/<anyuuid:pk>/times/", booking.times, name="app-interview-times"),
    path("app/interviews/<anyuuid:pk>/book/", booking.book, name="app-interview-book"),
    path("app/interviews/<anyuuid:pk>/confirm/", booking.confirm, name="app-interview-confirm"),
    path("app/interviews/<anyuuid:pk>/cancel/", booking.cancel, name="app-interview-cancel"),
    path("app/interviews/<anyuuid:pk>/release/", booking.release, name="app-interview-release"),
    path("app/interviews/<anyuuid:pk>/undo/", booking.undo, name="app-interview-undo"),
    path("app/interviews/<anyuuid:pk>/invite/", links.invite, name="app-interview-invite"),
    path("app/interviews/<anyuuid:pk>/revoke/", links.revoke, name="app-interview-revoke"),
    path("app/interviews/<anyuuid:pk>/wait/", links.wait, name="app-interview-wait"),
    path("app/interviews/<anyuuid:pk>/stop-waiting/", links.stop_waiting, name="app-interview-stop-waiting"),
    path("app/interviews/<anyuuid:pk>/transcript/", sessions.transcript, name="app-interview-transcript"),
    path("app/interviews/<anyuuid:pk>/time/", sessions.more_time, name="app-interview-time"),
    path("app/messages/<anyuuid:pk>/send-again/", links.mail_again, name="app-message-again"),
]
