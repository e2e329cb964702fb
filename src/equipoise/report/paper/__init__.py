"""The report as the draft of a paper: what a journal's manuscript holds, in its order."""
