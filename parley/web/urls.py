"""The pages' addresses."""

from django.urls import path

from parley.web import views

urlpatterns = [
    path("mails/", views.mails, name="mails"),
    path("join/done/", views.joined, name="joined"),
    path("join/<str:token>/", views.join, name="join"),
]
