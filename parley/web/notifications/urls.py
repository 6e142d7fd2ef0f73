"""The addresses of the notifications."""

from django.urls import path

from parley.web.notifications import views

urlpatterns = [
    path("app/notifications/", views.notifications, name="app-notifications"),
    path("app/notifications/read/", views.read_all, name="app-notifications-read"),
    path("app/notifications/bell/", views.number, name="app-bell"),
    path("app/notifications/<anyuuid:pk>/read/", views.read, name="app-notification-read"),
    path("app/notifications/<anyuuid:pk>/open/", views.open_it, name="app-notification-open"),
]
