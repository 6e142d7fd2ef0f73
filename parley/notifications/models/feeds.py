"""Calendar feeds: secret addresses under which calendars look up a company's bookings."""

import uuid

from django.db import models
from django.db.models import Q

from parley.core.actors import Actor
from parley.notifications.feed_rules import Scope
from parley.organizations.models import Company, User
from parley.organizations.tenancy import CompanyOwnedQuerySet


class FeedQuerySet(CompanyOwnedQuerySet["CalendarFeed"]):
    """Feeds belong to the user who made them; colleagues and administrators have their own."""

    def visible_to(self, actor: Actor) -> "FeedQuerySet":
        """The actor's own feeds, of companies whose rows the actor sees now."""
        return super().visible_to(actor).filter(user_id=actor.actor_id) if actor.actor_id else self.none()


class CalendarFeed(models.Model):
    """One address; of its secret only the hash is kept. The row ends with it: the history is in the events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    scope = models.CharField(max_length=16, choices=Scope)
    name = models.CharField(max_length=100, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to some minutes

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(name="feed_scope_known", condition=Q(scope__in=Scope.values))]

    def __str__(self) -> str:
        return f"Calendar feed {self.id}"

    @property
    def is_open(self) -> bool:
        """Whether its user may see the company's bookings now. The user and the company are loaded."""
        user = self.user
        sees_company = user.sees_all or user.company_id == self.company_id
        return user.is_active and self.company.is_active and sees_company
