"""The words of a kit's version never change, whoever tries, and no two active kits of a company have one name."""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# Who made it may be forgotten (``created_by`` becomes null when the user is removed); nothing else moves.
GUARD = """
CREATE FUNCTION conversations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND ROW(NEW.id, NEW.kit_id, NEW.number, NEW.content, NEW.content_hash, NEW.created_at)
        IS NOT DISTINCT FROM ROW(OLD.id, OLD.kit_id, OLD.number, OLD.content, OLD.content_hash, OLD.created_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a kit never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'kit_version_never_changes';
END
$$;
CREATE TRIGGER kit_version_never_changes BEFORE UPDATE OR DELETE ON conversations_kitversion
    FOR EACH ROW EXECUTE FUNCTION conversations_refuse_change();
"""
WITHOUT = """
DROP TRIGGER kit_version_never_changes ON conversations_kitversion;
DROP FUNCTION conversations_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_begin"),
        ("hiring", "0002_candidate_imports"),
        ("organizations", "0002_named_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="interviewkit",
            constraint=models.UniqueConstraint(
                models.F("company"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("company__isnull", False), ("is_active", True)),
                name="kit_name_once",
            ),
        ),
        migrations.RunSQL(GUARD, WITHOUT),
    ]
