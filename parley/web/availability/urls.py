"""The addresses of the weekly patterns."""

from django.urls import path

from parley.web.availability import views

urlpatterns = [
    path("app/availability/", views.weeks, name="app-availability"),
    path("app/availability/new/", views.new_week, name="app-week-new"),
    path("app/availability/undo/", views.undo, name="app-week-undo"),
    path("app/availability/<int:pk>/", views.week, name="app-week"),
]
