"""What users are told in the product: a row for each user and event, and what each user wants to hear of."""

import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from parley.core.actors import Actor
from parley.notifications.inbox_rules import Topic
from parley.organizations.models import Company, User


class InboxQuerySet(models.QuerySet["Notification"]):
    """Rows that belong to one user, and to the company that the user had when they came."""

    def visible_to(self, actor: Actor) -> "InboxQuerySet":
        """The actor's own rows of the present company; none for administrators, who have no company."""
        if actor.actor_id is None or actor.company_id is None:
            return self.none()
        return self.filter(user_id=actor.actor_id, company_id=actor.company_id)


class Notification(models.Model):
    """That something has happened. What is said of it is looked up when it is read: names may change, or go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, choices=Topic)
    event_id = models.BigIntegerField()  # no foreign key: reading an event never depends on its history being there
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        ordering = ["-event_id", "id"]
        indexes = [
            models.Index(fields=["user", "event_id"], condition=Q(read_at__isnull=True), name="notification_unread"),
            BrinIndex(fields=["created_at"], name="notification_age"),  # rows come in the order of time
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "event_id"], name="notification_once"),
            models.CheckConstraint(name="notification_kind_known", condition=Q(kind__in=Topic.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class InboxPreferences(models.Model):
    """What a user has said of the kinds; of those that are not named here the usual holds (``inbox_rules.USUAL``)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="inbox_preferences")
    kinds = models.JSONField(default=dict)  # by kind: true or false
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "inbox preferences"

    def __str__(self) -> str:
        return f"Inbox of user {self.user_id}"


def wishes_of(user_id: int) -> dict[str, bool]:
    """What a user has said of the kinds, where anything."""
    row = InboxPreferences.objects.filter(user_id=user_id).first()
    return dict(row.kinds) if row is not None else {}
