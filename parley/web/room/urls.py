"""The room's addresses."""

from django.urls import path

from parley.web.room import explaining, views

urlpatterns = [
    path("interview/<str:link>/room/", views.room, name="room"),
    path("interview/<str:link>/room/start/", views.start, name="room-start"),
    path("interview/<str:link>/room/answer/", views.answer, name="room-answer"),
    path("interview/<str:link>/room/finish/", views.finish, name="room-finish"),
    path("interview/<str:link>/room/human/", views.human, name="room-human"),
    path("interview/<str:link>/room/explanation/", explaining.explanation, name="room-explanation"),
    path("interview/<str:link>/room/ask/", explaining.ask, name="room-ask"),
    path("interview/<str:link>/room/feedback/", views.feedback, name="room-feedback"),
]
