"""Counts, estimates and samples compared without a model."""
