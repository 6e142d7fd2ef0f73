"""The addresses of the settings."""

from django.urls import path

from parley.web.settings import branding, company, mails, members, personal, privacy, tokens, webhooks

urlpatterns = [
    path("app/settings/", company.company, name="app-settings"),
    path("app/settings/scheduling/", company.scheduling, name="app-settings-scheduling"),
    path("app/settings/mails/", mails.mails, name="app-settings-mails"),
    path("app/settings/mails/<str:kind>/", mails.text, name="app-settings-mail"),
    path("app/settings/branding/", branding.branding, name="app-settings-branding"),
    path("app/settings/branding/sites/", branding.sites, name="app-settings-embedding"),
    path("app/settings/data/", privacy.privacy, name="app-settings-privacy"),
    path("app/settings/members/", members.members, name="app-settings-members"),
    path("app/settings/members/<int:pk>/", members.change, name="app-member"),
    path("app/settings/members/<int:pk>/access/", members.access, name="app-member-access"),
    path("app/settings/members/<int:pk>/invite/", members.again, name="app-member-invite"),
    path("app/settings/tokens/", tokens.tokens, name="app-settings-tokens"),
    path("app/settings/tokens/<int:pk>/revoke/", tokens.revoke, name="app-token-revoke"),
    path("app/settings/webhooks/", webhooks.webhooks, name="app-settings-webhooks"),
    path("app/settings/webhooks/<anyuuid:pk>/", webhooks.webhook, name="app-webhook"),
    path("app/settings/webhooks/<anyuuid:pk>/test/", webhooks.test, name="app-webhook-test"),
    path("app/settings/webhooks/<anyuuid:pk>/secret/", webhooks.secret, name="app-webhook-secret"),
    path("app/settings/webhooks/<anyuuid:pk>/recover/", webhooks.recover_failed, name="app-webhook-recover"),
    path("app/settings/webhooks/<anyuuid:pk>/remove/", webhooks.remove, name="app-webhook-remove"),
    path("app/settings/webhooks/<anyuuid:pk>/<anyuuid:delivery>/", webhooks.delivery, name="app-webhook-delivery"),
    path("app/settings/notifications/", personal.notifications, name="app-settings-notifications"),
    path("app/settings/feeds/", personal.feeds, name="app-settings-feeds"),
    path("app/settings/feeds/<anyuuid:pk>/", personal.change_feed, name="app-feed"),
]
