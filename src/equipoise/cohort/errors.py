"""What can be wrong with a cohort."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

DAYS_APART_OF_MANY = ErrorKind(
    "EQ-COHORT-001",
    "Days apart with more than two records",
    "`days apart` asks for two records at least so far apart; for three or more, the records between would have to be chosen.",
    "Ask for two records that far apart, or for more records without a distance.",
)
UNKNOWN_DRUG = ErrorKind(
    "EQ-COHORT-002",
    "Unknown drug, class or group in a rule pack",
    "Rules speak of drugs, classes and groups that the pack lists; a rule about anything else would never apply.",
    "Correct the name, or list the drug under a class.",
)
PACK_UNREADABLE = ErrorKind(
    "EQ-COHORT-003",
    "Rule pack unreadable",
    "The rules of lines of therapy are read from a YAML file, UTF-8 text.",
    "Name a pack that Equipoise brings along, or give the path of a file that you may read.",
)
PACK_UNKNOWN_KEY = ErrorKind(
    "EQ-COHORT-004",
    "Unknown key in a rule pack",
    "An unknown key would be ignored, and the lines would not be what you meant.",
    "Correct or remove the key.",
)
PACK_MISSING_KEY = ErrorKind("EQ-COHORT-005", "Required key missing in a rule pack", "The rules are incomplete without it.", "Add the key.")
PACK_VALUE = ErrorKind(
    "EQ-COHORT-006",
    "Value not possible in a rule pack",
    "The value is of another type than this key takes, or outside what it can mean.",
    "Write a value as named above.",
)
PACK_CONTRADICTION = ErrorKind(
    "EQ-COHORT-007",
    "Rule pack contradicts itself",
    "Each name must mean one thing: a drug has one class, and is either part of lines or never.",
    "Remove one of the two.",
)
UNKNOWN_SETTING = ErrorKind(
    "EQ-COHORT-008",
    "Unknown setting of a sensitivity grid",
    "A grid over a setting that the rules do not have would give the same lines again and again.",
    "Use one of the settings named above.",
)
