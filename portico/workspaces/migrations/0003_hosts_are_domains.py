from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0002_served_host'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('served_host', None), ('served_host__regex', '^([a-z0-9-]{1,63}\\.)+[a-z0-9-]{1,63}$'), _connector='OR'), name='a_served_host_is_a_domain_in_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('canonical_host', None), models.Q(('canonical_host', models.F('served_host')), ('served_host__isnull', False)), _connector='OR'), name='a_canonical_host_is_a_served_one'),
        ),
    ]
