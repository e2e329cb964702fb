"""Equipoise: honest comparison of two treatments from the routine records of many hospitals."""

__version__ = "0.1.0"
