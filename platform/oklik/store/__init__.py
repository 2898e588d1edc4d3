"""PostgreSQL: schema, migrations, sessions and the embedded server's launcher."""
