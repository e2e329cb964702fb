"""What can be wrong with an analysis table."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

UNKNOWN_GROUP = ErrorKind(
    "EQ-TABLE-001",
    "Unknown comorbidity group",
    "Groups left out of an index are named as in the index's table of codes.",
    "Use one of the groups of this index.",
)
WRONG_WEIGHTS = ErrorKind(
    "EQ-TABLE-002",
    "These weights do not belong to this comorbidity index",
    "Charlson has the weights charlson1987 and quan2011, Elixhauser has vanwalraven; both can be counted.",
    "Choose weights of the index, or `count`.",
)
UNKNOWN_UNIT = ErrorKind(
    "EQ-TABLE-003",
    "Unknown unit",
    "Values are converted to the unit that the study names; an unknown one would make every value missing.",
    "Write the unit as in UCUM, such as mg/dL, 10*3/uL, U/L, {ratio}.",
)
TABLES_DIFFER = ErrorKind(
    "EQ-TABLE-004",
    "Tables with different columns cannot be pooled",
    "Pooling puts rows of sites under each other; each site must have run the same study with the same version.",
    "Run the same study file with the same version of Equipoise at every site.",
)
NO_SUCH_COLUMN = ErrorKind(
    "EQ-TABLE-005",
    "The analysis table has no such covariate",
    "The recipe of the design matrix was learned for another study.",
    "Learn the recipe from this study's covariates.",
)
DUPLICATE_COLUMN = ErrorKind(
    "EQ-TABLE-006",
    "Two columns of the analysis table would have one name",
    "Covariates and outcomes become columns under their names; person_id, site, arm and index_date are taken.",
    "Give the covariate or outcome another name.",
)
