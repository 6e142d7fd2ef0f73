"""Parley ships its kits in several languages; those that are there already are English."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0002_versions_never_change"),
    ]

    operations = [
        migrations.AddField(
            model_name="interviewkit",
            name="language",
            field=models.CharField(blank=True, default="", max_length=35),
        ),
        migrations.RunSQL(
            "UPDATE conversations_interviewkit SET language = 'en' WHERE company_id IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(model_name="interviewkit", name="kit_shipped_once"),
        migrations.AddConstraint(
            model_name="interviewkit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company__isnull", True)),
                fields=("interview_type", "language"),
                name="kit_shipped_once",
            ),
        ),
    ]
