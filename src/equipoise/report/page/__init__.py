"""The page of a report: sentences, sections, HTML."""
