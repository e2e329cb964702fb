"""What can go wrong in an estimator, by code. Columns are named by their index in the design: `with_column_names` puts in the names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from equipoise.kernel.errors import EquipoiseError, ErrorKind, Problem

SEPARATION = ErrorKind(
    "EQ-EST-101",
    "a covariate separates the two outcomes",
    "the likelihood has no maximum: the coefficient of this column grows without end, as no finite odds ratio describes the data",
    "remove the covariate, merge its rare levels, or give its people the same level as their neighbours; a logistic regression of one data "
    "set may ask for Firth's correction",
)
COLLINEAR = ErrorKind(
    "EQ-EST-102",
    "a covariate is a linear combination of others",
    "the model cannot tell the columns apart, so their coefficients are not defined",
    "remove one of the columns, or ask for redundant columns to be dropped",
)
ONE_OUTCOME_ONLY = ErrorKind(
    "EQ-EST-103",
    "all people have the same outcome",
    "a regression compares people who have the outcome with people who have not",
    "check the cohort: perhaps one arm is empty, or the arms' code sets found nothing",
)
NOT_CONVERGED = ErrorKind(
    "EQ-EST-104",
    "the fit did not settle",
    "the coefficients still moved after the last allowed round",
    "look for extreme values or nearly redundant covariates, give starting values, or allow more rounds",
)
NO_PEOPLE = ErrorKind(
    "EQ-EST-105",
    "there is nobody to analyse",
    "no site has a row for this analysis",
    "check the attrition: which step left nobody?",
)
BAD_ARGUMENT = ErrorKind(
    "EQ-EST-106",
    "an argument is not usable",
    "the estimator has no meaning for this value or shape",
    "see the function's documentation for what it takes",
)
NOT_BUILT = ErrorKind(
    "EQ-EST-107",
    "this variant is not built",
    "the estimator knows the family of methods but not this member",
    "choose one of the variants named in the function's documentation",
)
BAD_VALUE = ErrorKind(
    "EQ-EST-121",
    "an argument holds a value that cannot be used",
    "missing, infinite or negative values would spoil the estimate without a sign of it",
    "drop or impute these rows first, and report how many there were",
)
NO_EVENTS = ErrorKind(
    "EQ-EST-122",
    "there is no event to learn from",
    "a hazard is compared through the events; without one it is not defined",
    "check the outcome's definition, the time at risk and the attrition",
)


def with_column_names(error: EquipoiseError, names: Sequence[str]) -> EquipoiseError:
    """The same error with the index in `where.column` (counted from 0) replaced by the column's name."""
    return EquipoiseError(*(_named(problem, names) for problem in error.problems))


def _named(problem: Problem, names: Sequence[str]) -> Problem:
    column = problem.where.column
    if column is None or not column.isdecimal() or int(column) >= len(names):
        return problem
    return replace(problem, where=replace(problem.where, column=names[int(column)]))
