"""The addresses of the administrator's pages."""

from django.urls import path

from parley.web.platform import acting, companies, system, users

urlpatterns = [
    path("app/companies/", companies.companies, name="app-companies"),
    path("app/companies/new/", companies.new_company, name="app-company-new"),
    path("app/companies/<int:pk>/", companies.company, name="app-company"),
    path("app/companies/<int:pk>/edit/", companies.edit_company, name="app-company-edit"),
    path("app/companies/<int:pk>/budget/", companies.budget, name="app-company-budget"),
    path("app/companies/<int:pk>/access/", companies.access, name="app-company-access"),
    path("app/users/", users.users, name="app-users"),
    path("app/users/new/", users.new_user, name="app-user-new"),
    path("app/users/<int:pk>/", users.one, name="app-user"),
    path("app/users/<int:pk>/edit/", users.edit_user, name="app-user-edit"),
    path("app/users/<int:pk>/access/", users.access, name="app-user-access"),
    path("app/users/<int:pk>/invite/", users.invite, name="app-user-invite"),
    path("app/users/<int:pk>/password/", users.password, name="app-user-password"),
    path("app/users/<int:pk>/logins/", users.logins, name="app-user-logins"),
    path("app/users/<int:pk>/factor/", users.factor, name="app-user-factor"),
    path("app/users/<int:pk>/act/", acting.act, name="app-user-act"),
    path("app/system/", system.system, name="app-system"),
    path("app/system/now/", system.present, name="app-system-now"),
    path("app/system/jobs/<int:pk>/", system.retry, name="app-system-job"),
    path("app/system/mails/<anyuuid:pk>/", system.mail_again, name="app-system-mail"),
    path("app/acting/stop/", acting.stop, name="app-acting-stop"),
]
