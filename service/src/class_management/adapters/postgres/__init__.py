"""The database: schema, transaction, repositories."""
