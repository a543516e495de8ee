"""The whole local stack as child processes: Temporal dev server, database, simulator, web, worker."""
