from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Companies, their people and what each may see."""

    name = "parley.organizations"
    label = "organizations"
