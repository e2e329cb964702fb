"""The results of a study as a report: one HTML file, figures, tables and records for machines."""

from equipoise.report.write import ReportPaths, write_report

__all__ = ["ReportPaths", "write_report"]
