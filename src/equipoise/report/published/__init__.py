"""What an abstract claims beside what runs found: in a report, and as a page of its own over two of them."""
