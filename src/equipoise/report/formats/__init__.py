"""Documents in other formats than the page: Markdown and DOCX, from the same blocks."""
