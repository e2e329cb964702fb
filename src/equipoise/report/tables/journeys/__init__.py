"""Tables of what happened over time: events that death precludes, lines of therapy."""
