"""The addresses of candidates."""

from django.urls import path

from parley.web.candidates import inviting, resumes, views

urlpatterns = [
    path("app/candidates/", views.candidates, name="app-candidates"),
    path("app/candidates/new/", views.new_candidate, name="app-candidate-new"),
    path("app/candidates/read-resume/", resumes.read_resume, name="app-read-resume"),
    path("app/candidates/invite/", inviting.invite_many, name="app-invite"),
    path("app/candidates/invited/<anyuuid:pk>/", inviting.invited, name="app-invited"),
    path("app/candidates/<int:pk>/", views.candidate, name="app-candidate"),
    path("app/candidates/<int:pk>/edit/", views.edit_candidate, name="app-candidate-edit"),
    path("app/candidates/<int:pk>/delete/", views.delete, name="app-candidate-delete"),
    path("app/candidates/<int:pk>/export/", views.export, name="app-candidate-export"),
    path("app/candidates/<int:pk>/erase/", views.erase, name="app-candidate-erase"),
    path("app/candidates/<int:pk>/resume/", resumes.download, name="app-candidate-resume"),
    path("app/candidates/<int:pk>/invite/", inviting.invite_one, name="app-candidate-invite"),
]
