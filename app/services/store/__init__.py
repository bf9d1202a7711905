"""The database below the records: migrations, bulk insert, revision watcher."""
