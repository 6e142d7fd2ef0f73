"""The addresses of jobs."""

from django.urls import path

from parley.web.jobs import views

urlpatterns = [
    path("app/jobs/", views.jobs, name="app-jobs"),
    path("app/jobs/new/", views.new_job, name="app-job-new"),
    path("app/jobs/<int:pk>/", views.job, name="app-job"),
    path("app/jobs/<int:pk>/edit/", views.edit_job, name="app-job-edit"),
    path("app/jobs/<int:pk>/archive/", views.archive, name="app-job-archive"),
    path("app/jobs/<int:pk>/restore/", views.restore, name="app-job-restore"),
    path("app/jobs/<int:pk>/delete/", views.delete, name="app-job-delete"),
]
