"""How Alembic runs our revisions: on the connection that `database.migrate` hands over, in one transaction."""

from alembic import context

from pipelines.resources.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)

with context.begin_transaction():
    context.run_migrations()
