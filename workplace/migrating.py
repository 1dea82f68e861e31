"""A migration of many operations that shows the models to itself once for all of them, not once for each.

Drawing all models anew after each operation is nearly the whole cost of a first `migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

NEW_TABLES = (migrations.CreateModel,)
# Each finds all it needs in the models as they were before all of these, or as they are after all of these.
NEW_PARTS = (
    migrations.AddField,
    migrations.RemoveField,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.AddConstraint,
    migrations.RemoveConstraint,
    migrations.AlterUniqueTogether,
    AddTrigger,
    RemoveTrigger,
)


class ManyOperations(migrations.Migration):
    """Same statements in the same order as its base class; backwards it is its base class."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        if collect_sql or not self.atomic:
            return super().apply(project_state, schema_editor, collect_sql)
        for run in runs_of(self.operations):
            before = project_state.clone()
            if len(run) > 1:
                # What is not drawn is not drawn anew; who asks for it first has it drawn.
                project_state.__dict__.pop("apps", None)
            for operation in run:
                operation.state_forwards(self.app_label, project_state)
            for operation in run:
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def runs_of(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Neighbours of one sort; what is of neither sort stands alone."""
    run: list[Operation] = []
    for operation in operations:
        if run and not any(isinstance(operation, sort) and isinstance(run[0], sort) for sort in _SORTS):
            yield run
            run = []
        run.append(operation)
    if run:
        yield run


_SORTS = (NEW_TABLES, NEW_PARTS)
