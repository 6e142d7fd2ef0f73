"""The addresses of the first run."""

from django.urls import path

from parley.web.app import sealed
from parley.web.start import views

urlpatterns = [
    path("register/", sealed(views.register), name="register-page"),
    path("app/start/", views.start, name="app-start"),
]
