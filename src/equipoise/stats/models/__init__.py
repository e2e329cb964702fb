"""Regression models with a face of their own: matched sets, parametric survival, clustered means, penalised paths, profiles."""
