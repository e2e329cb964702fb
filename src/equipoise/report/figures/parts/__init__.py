"""The effect in parts of the cohort: subgroups and sites."""
