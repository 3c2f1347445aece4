from django.db import migrations, models

import portico.kernel.clock


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_kept_answers")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="role_since",
            field=models.DateTimeField(default=portico.kernel.clock.now),
        ),
        # Nothing better is known of the members of before.
        migrations.RunSQL(
            "UPDATE workspaces_membership SET role_since = created_at", migrations.RunSQL.noop
        ),
    ]
