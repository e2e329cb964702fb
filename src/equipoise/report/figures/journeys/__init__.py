"""Figures of treatment over time: lines of therapy one after the other, and single simulated patients."""
