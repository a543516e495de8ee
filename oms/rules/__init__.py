"""The platforms' rules as data: the table, its schema, and what it says of one order."""
