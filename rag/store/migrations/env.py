"""Run by Alembic: brings the database that rag.store.database opened to the newest layout, or writes the SQL for it."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from rag.store.tables import Base

#: Any number that no other program locks on the same PostgreSQL database.
_LOCK = 7_078_360_018


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        # `alembic upgrade --sql`: for administrators who let no program change their tables
        context.configure(
            dialect_name=context.config.get_main_option("dialect"), target_metadata=Base.metadata, literal_binds=True, as_sql=True
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    # SQLite cannot change a column in place: Alembic then makes the table anew.
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite")
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # several replicas may start at once
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))  # an error in the end, never a reader who waits for ever
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        context.run_migrations()


run()
