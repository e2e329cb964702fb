"""Curves of cumulative incidence, and what stands under every figure of curves."""
