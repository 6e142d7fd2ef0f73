"""The pages' addresses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import include, path

from parley.web import asked, branding, candidate, conflicts, embedding, entrance, feeds, views
from parley.web.app import guarded, sealed

login = account.LoginView.as_view(extra_context={"registration": settings.PARLEY_REGISTRATION})
urlpatterns = [
    path("", entrance.home, name="home"),
    path("", include("parley.web.candidates.urls")),
    path("", include("parley.web.imports.urls")),
    path("", include("parley.web.interviews.urls")),
    path("", include("parley.web.jobs.urls")),
    path("", include("parley.web.kits.urls")),
    path("", include("parley.web.availability.urls")),
    path("", include("parley.web.notifications.urls")),
    path("", include("parley.web.platform.urls")),
    path("", include("parley.web.results.urls")),
    path("", include("parley.web.settings.urls")),
    path("", include("parley.web.start.urls")),
    path("app/", include("parley.web.calendar.urls")),
    path("app/conflicts/", conflicts.conflicts, name="conflicts"),
    path("app/conflicts/<anyuuid:pk>/settle/", conflicts.settle, name="conflict-settle"),
    path("app/conflicts/<anyuuid:pk>/undo/", conflicts.undo, name="conflict-undo"),
    # The names that begin with account and mfa are those by which django-allauth finds its pages.
    path("login/", sealed(login), name="account_login"),
    path("login/code/", sealed(mfa.authenticate), name="mfa_authenticate"),
    path("logout/", entrance.leave, name="account_logout"),
    path("password/forgotten/", entrance.forgotten, name="account_reset_password"),
    path("password/new/<str:token>/", entrance.new_password, name="new-password"),
    path("account/security/", guarded(mfa.index), name="mfa_index"),
    path("account/security/app/", guarded(totp.activate_totp), name="mfa_activate_totp"),
    path("account/security/app/remove/", guarded(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/security/codes/", guarded(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/security/codes/new/", guarded(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/again/", guarded(account.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", guarded(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("branding/logo/<str:name>", branding.logo, name="branding-logo"),
    path("branding/<str:accent>.css", branding.accent, name="branding-accent"),
    path("embed.js", embedding.script, name="embed-script"),
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar-feed"),
    path("", include("parley.web.room.urls")),
    path("interview/<str:link>/", candidate.interview, name="interview"),
    path("interview/<str:link>/times/", candidate.times, name="interview-times"),
    path("interview/<str:link>/book/", candidate.book, name="interview-book"),
    path("interview/<str:link>/cancel/", candidate.cancel, name="interview-cancel"),
    path("interview/<str:link>/answer/", asked.answer, name="interview-answer"),
    path("interview/<str:link>/wait/", asked.wait, name="interview-wait"),
    path("interview/<str:link>/hours/", asked.hours, name="interview-hours"),
    path("mails/", views.mails, name="mails"),
    path("join/done/", views.joined, name="joined"),
    path("join/<str:token>/", views.join, name="join"),
]
