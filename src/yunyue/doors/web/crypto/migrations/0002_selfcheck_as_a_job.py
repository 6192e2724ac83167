from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crypto", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="selfcheck",
            name="content",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="selfcheck",
            name="found",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="selfcheck",
            name="endpoints",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="selfcheck",
            name="keys",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="selfcheck",
            name="failed",
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
