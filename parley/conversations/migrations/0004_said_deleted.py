"""A session whose words were deleted says when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0003_kits_in_languages"),
    ]

    operations = [
        migrations.AddField(
            model_name="interviewsession",
            name="said_deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
