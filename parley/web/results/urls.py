"""The addresses of results."""

from django.urls import path

from parley.web.results import views

urlpatterns = [
    path("app/interviews/<anyuuid:pk>/results/", views.results, name="app-interview-results"),
    path("app/interviews/<anyuuid:pk>/results/rate/", views.rate, name="app-interview-rate"),
    path("app/interviews/<anyuuid:pk>/results/decide/", views.decide_on, name="app-interview-decide"),
    path("app/interviews/<anyuuid:pk>/results/answer/", views.answer, name="app-interview-answer"),
    path("app/interviews/<anyuuid:pk>/results/override/", views.override, name="app-interview-override"),
    path("app/interviews/<anyuuid:pk>/results/judge/", views.ask_ai, name="app-interview-judge"),
    path("app/interviews/<anyuuid:pk>/results/report.pdf", views.report, name="app-interview-report"),
    path("app/interviews/<anyuuid:pk>/results/ratings.csv", views.table, name="app-interview-table"),
]
