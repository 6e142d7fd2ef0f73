"""All addresses."""

from django.contrib import admin
from django.urls import include, path

from parley.core.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("parley.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("parley.web.urls")),
]

handler400 = "parley.api.errors.bad_request"
handler403 = "parley.web.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "parley.api.errors.failure"
