"""Reporting checklists: each item with where it stands in the report, or empty where only a human can say."""
