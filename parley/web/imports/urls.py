"""The addresses of imports."""

from django.urls import path

from parley.web.imports import views

urlpatterns = [
    path("app/imports/", views.imports, name="app-imports"),
    path("app/imports/<anyuuid:pk>/", views.one, name="app-import"),
    path("app/imports/<anyuuid:pk>/columns/", views.columns, name="app-import-columns"),
    path("app/imports/<anyuuid:pk>/run/", views.run, name="app-import-run"),
    path("app/imports/<anyuuid:pk>/drop/", views.drop, name="app-import-drop"),
    path("app/imports/<anyuuid:pk>/undo/", views.undo, name="app-import-undo"),
    path("app/imports/<anyuuid:pk>/report.csv", views.report, name="app-import-report"),
]
