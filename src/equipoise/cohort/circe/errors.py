"""What can be wrong with a Circe definition, or with a study that should become one."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

UNREADABLE = ErrorKind(
    "EQ-CIRCE-001",
    "cohort definition unreadable",
    "A definition is a JSON file, UTF-8 text.",
    "Check the path, and that the file is one cohort definition of ordinary size.",
)
NOT_JSON = ErrorKind(
    "EQ-CIRCE-002",
    "not JSON",
    "The text is not whole and valid JSON, so nothing in it can be trusted.",
    "Export the definition again; look at the line named above.",
)
WRONG_TYPE = ErrorKind(
    "EQ-CIRCE-003",
    "value of another type",
    "Circe expects another type of value here.",
    "Write a value as named above.",
)
MISSING_KEY = ErrorKind(
    "EQ-CIRCE-004",
    "required key missing",
    "Without it the definition has no meaning; the reference refuses it too.",
    "Add the key, or remove the object that needs it.",
)
UNKNOWN_DOMAIN = ErrorKind(
    "EQ-CIRCE-005",
    "unknown domain",
    "A criterion stands under the name of its domain; under any other name it would be no criterion.",
    "Correct the name.",
)
UNKNOWN_VALUE = ErrorKind(
    "EQ-CIRCE-006",
    "value that Circe does not know",
    "Only a few values have a meaning here.",
    "Use one of the values named above.",
)
MISSING_CONCEPT_SET = ErrorKind(
    "EQ-CIRCE-007",
    "concept set missing",
    "A criterion refers to a concept set that the definition does not hold: it would silently find nobody.",
    "Add the concept set, or refer to one that is there.",
)
DUPLICATE_CONCEPT_SET = ErrorKind(
    "EQ-CIRCE-008",
    "two concept sets with one id",
    "Criteria refer to concept sets by id; with two of one id nobody can tell which is meant.",
    "Give each concept set its own id.",
)
NEGATIVE = ErrorKind(
    "EQ-CIRCE-009",
    "negative number",
    "Numbers of days and of events begin at 0 here; before and after are said by the window's direction.",
    "Write 0 or more, and turn the direction (Coeff) if you meant the other side.",
)
TOO_DEEP = ErrorKind(
    "EQ-CIRCE-010",
    "too deep, or a group inside itself",
    "Groups and criteria are nested deeper than any definition needs, or hold themselves.",
    "Flatten the groups.",
)
OUT_OF_RANGE = ErrorKind(
    "EQ-CIRCE-011",
    "number out of range",
    "The number is larger than the databases can hold, or not a number.",
    "Write an ordinary number.",
)
NOT_TEXT = ErrorKind(
    "EQ-CIRCE-012",
    "broken characters",
    "The definition holds half a character (a lone surrogate), which no UTF-8 file or database can store.",
    "Export the definition again, or remove the characters.",
)
COUNT_COLUMN = ErrorKind(
    "EQ-CIRCE-013",
    "column that cannot be counted",
    "Records of this domain do not carry the column whose distinct values are to be counted; the reference refuses it too.",
    "Count another column, or do not count distinct values.",
)
REPEATED_KEY = ErrorKind(
    "EQ-CIRCE-014",
    "key given twice",
    "Only one of the two could count; programs differ in which, and so in who is in the cohort.",
    "Remove one of them, or export the definition again.",
)
NOT_EXPRESSIBLE = ErrorKind(
    "EQ-CIRCE-050",
    "study's cohort not expressible in Circe",
    "ATLAS's language has no words for this part of the study, and a definition without it would find other persons.",
    "Use the study as it is, or change this part to something that Circe knows.",
)
NO_CONCEPT_ID = ErrorKind(
    "EQ-CIRCE-051",
    "code without a concept id",
    "Circe definitions name concepts by id; a study names them by vocabulary and code, with the id as a hint.",
    "Add the concept_id of each code named above to the study's code list.",
)
