"""A migration of many operations draws the models anew once for neighbours of one sort."""

from django.db import migrations, models

from workplace.migrating import runs_of

TABLE = migrations.CreateModel("Desk", fields=[("id", models.BigAutoField(primary_key=True))])
PART = migrations.AddField("Desk", "width", models.IntegerField(default=1))
INDEX = migrations.AddIndex("Desk", models.Index(fields=["width"], name="desk_by_width"))
OTHER = migrations.AlterField("Desk", "width", models.BigIntegerField(default=1))


def test_new_tables_are_made_before_anything_is_added_to_them():
    assert list(runs_of([TABLE, TABLE, PART, INDEX])) == [[TABLE, TABLE], [PART, INDEX]]


def test_what_needs_the_models_just_before_it_stands_alone():
    assert list(runs_of([PART, OTHER, OTHER, INDEX])) == [[PART], [OTHER], [OTHER], [INDEX]]


def test_a_table_made_later_begins_a_run_of_its_own():
    assert list(runs_of([PART, TABLE, PART])) == [[PART], [TABLE], [PART]]
