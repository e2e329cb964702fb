"""The tables of a report: as data files and as shown on the page."""
