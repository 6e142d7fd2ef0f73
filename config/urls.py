"""All addresses."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from parley.core.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("parley.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("parley.web.urls")),
    path("", RedirectView.as_view(pattern_name="docs"), name="home"),
]

handler400 = "parley.api.errors.bad_request"
handler404 = "parley.api.errors.not_found"
handler500 = "parley.api.errors.failure"
