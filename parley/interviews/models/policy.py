"""What a company allows its candidates to do themselves."""

from django.db import models
from django.db.models import Q

from parley.interviews.models.expressions import one_of
from parley.interviews.rules.policy import LEAST_JOIN_GRACE, Policy, ReseatMode
from parley.organizations.models import Company
from parley.organizations.tenancy import CompanyOwnedQuerySet

DEFAULT = Policy()


class SchedulingPolicy(models.Model):
    """A company's own values; where it has none, ``Policy`` says what holds."""

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, primary_key=True, related_name="scheduling_policy"
    )
    change_cutoff_minutes = models.PositiveIntegerField(default=DEFAULT.change_cutoff_minutes)
    min_notice_minutes = models.PositiveIntegerField(default=DEFAULT.min_notice_minutes)
    max_days_ahead = models.PositiveIntegerField(default=DEFAULT.max_days_ahead)
    reseat_mode = models.CharField(max_length=16, choices=ReseatMode, default=ReseatMode.PROPOSE)
    hold_hours = models.PositiveIntegerField(default=DEFAULT.hold_hours)
    offer_minutes = models.PositiveIntegerField(default=DEFAULT.offer_minutes)
    join_before_minutes = models.PositiveIntegerField(default=DEFAULT.join_before_minutes)
    join_grace_minutes = models.PositiveIntegerField(default=DEFAULT.join_grace_minutes)
    updated_at = models.DateTimeField()

    objects = CompanyOwnedQuerySet["SchedulingPolicy"].as_manager()

    class Meta:
        verbose_name_plural = "scheduling policies"
        constraints = [
            models.CheckConstraint(name="policy_days_ahead", condition=Q(max_days_ahead__gte=1)),
            models.CheckConstraint(name="policy_join_grace", condition=Q(join_grace_minutes__gte=LEAST_JOIN_GRACE)),
            one_of("policy_reseat_mode_known", "reseat_mode", ReseatMode),
        ]

    def __str__(self) -> str:
        return f"What candidates of company {self.company_id} may do"

    @property
    def values(self) -> Policy:
        """As a plain value."""
        return Policy(**{name: getattr(self, name) for name in map(str, Policy.__dataclass_fields__)})
