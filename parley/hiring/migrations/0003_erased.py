"""A candidate whose data were deleted says when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hiring", "0002_candidate_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
