"""The protocol of a study, told from its model: target trial, windows, code lists, plan."""
