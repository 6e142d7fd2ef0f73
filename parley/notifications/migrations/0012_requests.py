"""Candidates ask a person, and get an answer."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interviews", "0008_decisions"),
        ("notifications", "0011_ratings_wanted"),
        ("organizations", "0004_impersonation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="message_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="notification",
            name="notification_kind_known",
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("booked", "Booked"),
                    ("rescheduled", "Rescheduled"),
                    ("cancelled", "Cancelled"),
                    ("unseated", "place lost"),
                    ("proposed", "new place proposed"),
                    ("offered", "waited-for place offered"),
                    ("offer_gone", "offered place lost"),
                    ("wait_over", "no longer on the waitlist"),
                    ("reminder", "Reminder"),
                    ("answered", "answer of a person"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("interview_booked", "Interview Booked"),
                    ("interview_rescheduled", "Interview Rescheduled"),
                    ("interview_cancelled", "Interview Cancelled"),
                    ("interview_unseated", "Interview without its place"),
                    ("interview_completed", "Interview held"),
                    ("interview_missed", "Candidate did not come"),
                    ("conflict_opened", "Conflict Opened"),
                    ("conflict_resolved", "Conflict Resolved"),
                    ("mail_undelivered", "Mail Undelivered"),
                    ("webhook_disabled", "Webhook Disabled"),
                    ("waitlist_joined", "Waitlist Joined"),
                    ("proposal_accepted", "Proposal Accepted"),
                    ("proposal_declined", "Proposal Declined"),
                    ("proposal_expired", "Proposal Expired"),
                    ("request_opened", "Candidate asks for an explanation or a review"),
                    ("user_impersonated", "Administrator acting as you"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "invitation",
                            "booked",
                            "rescheduled",
                            "cancelled",
                            "unseated",
                            "proposed",
                            "offered",
                            "offer_gone",
                            "wait_over",
                            "reminder",
                            "answered",
                        ],
                    )
                ),
                name="message_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "interview_booked",
                            "interview_rescheduled",
                            "interview_cancelled",
                            "interview_unseated",
                            "interview_completed",
                            "interview_missed",
                            "conflict_opened",
                            "conflict_resolved",
                            "mail_undelivered",
                            "webhook_disabled",
                            "waitlist_joined",
                            "proposal_accepted",
                            "proposal_declined",
                            "proposal_expired",
                            "request_opened",
                            "user_impersonated",
                        ],
                    )
                ),
                name="notification_kind_known",
            ),
        ),
    ]
