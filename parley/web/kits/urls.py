"""The addresses of kits."""

from django.urls import path

from parley.web.kits import views

urlpatterns = [
    path("app/kits/", views.kits, name="app-kits"),
    path("app/kits/new/", views.new_kit, name="app-kit-new"),
    path("app/kits/<anyuuid:pk>/", views.kit, name="app-kit"),
    path("app/kits/<anyuuid:pk>/name/", views.rename, name="app-kit-name"),
    path("app/kits/<anyuuid:pk>/words/", views.reword, name="app-kit-words"),
    path("app/kits/<anyuuid:pk>/archive/", views.archive, name="app-kit-archive"),
    path("app/kits/<anyuuid:pk>/restore/", views.restore, name="app-kit-restore"),
]
