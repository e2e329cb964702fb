"""What values of a study file look like: the tree of nodes, the desk where problems gather, and shapes that read and describe nodes."""
