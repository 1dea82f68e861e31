from django.contrib.postgres.operations import BtreeGinExtension, BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [TrigramExtension(), BtreeGinExtension(), BtreeGistExtension()]
