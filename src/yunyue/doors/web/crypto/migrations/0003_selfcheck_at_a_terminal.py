import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("crypto", "0002_selfcheck_as_a_job"),
    ]

    operations = [
        migrations.AlterField(
            model_name="selfcheck",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="selfcheck",
            name="terminal",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="selfcheck",
            constraint=models.CheckConstraint(
                name="selfcheck_made_by_somebody",
                condition=Q(made_by__isnull=False, terminal="") | (Q(made_by=None) & ~Q(terminal="")),
            ),
        ),
    ]
