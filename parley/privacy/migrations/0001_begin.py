"""How long things are kept; and proofs of deletion, which are only ever added, whoever tries otherwise."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a proof of deletion never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'deletion_proof_never_changes';
END
$$;
CREATE TRIGGER deletion_proof_never_changes BEFORE UPDATE OR DELETE ON privacy_deletionproof
    FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change();
"""
WITHOUT = """
DROP TRIGGER deletion_proof_never_changes ON privacy_deletionproof;
DROP FUNCTION privacy_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organizations", "0004_impersonation"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionPolicy",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="retention_policy",
                        serialize=False,
                        to="organizations.company",
                    ),
                ),
                ("months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "retention policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("months__isnull", True),
                            models.Q(("months__gte", 1), ("months__lte", 120)),
                            _connector="OR",
                        ),
                        name="retention_months_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeletionProof",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[("retention", "The time was over"), ("request", "A candidate was deleted")],
                        max_length=16,
                    ),
                ),
                ("rule", models.JSONField()),
                ("counts", models.JSONField()),
                ("ids_hash", models.CharField(max_length=64)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deletion_proofs",
                        to="organizations.company",
                    ),
                ),
            ],
            options={
                "ordering": ["-number", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="proof_number_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["retention", "request"])), name="proof_reason_known"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, WITHOUT),
    ]
