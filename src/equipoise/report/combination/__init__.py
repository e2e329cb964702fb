"""Combined arms in the report: naive beside honest, in tables and a figure."""
