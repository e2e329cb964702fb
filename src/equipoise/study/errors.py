"""What can be wrong with a study file or its code lists, one kind of error for each cause."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

FILE_UNREADABLE = ErrorKind(
    "EQ-STUDY-001",
    "study file unreadable",
    "The study file could not be read as UTF-8 text.",
    "Check the path, and save the file as UTF-8 text.",
)
YAML_SYNTAX = ErrorKind(
    "EQ-STUDY-002",
    "not YAML",
    "The file is not valid YAML, so nothing after this place can be understood.",
    "Look at this line and the one before: indentation, a missing colon, an open quote or bracket. A phrase that begins with > must stand "
    "in quotes, or say `at least`; between { and } a phrase with commas or brackets must stand in quotes.",
)
YAML_FORBIDDEN = ErrorKind(
    "EQ-STUDY-003",
    "YAML feature not allowed",
    "A study is plain text that two people read alike: no anchors, aliases, tags, directives, control characters or second documents.",
    "Write the value out in full.",
)
DUPLICATE_KEY = ErrorKind(
    "EQ-STUDY-004", "key given twice", "Only one of the two could count, and a reader cannot tell which.", "Remove or rename one of them."
)
KEY_NOT_TEXT = ErrorKind(
    "EQ-STUDY-005",
    "key is not text",
    "Keys are words; a number, a list or nothing cannot be a key.",
    "Put the key in quotes, or use a name.",
)
UNKNOWN_KEY = ErrorKind(
    "EQ-STUDY-006",
    "unknown key",
    "An unknown key would be ignored, and the study would not be what you meant.",
    "Correct or remove the key.",
)
MISSING_KEY = ErrorKind("EQ-STUDY-007", "required key missing", "A study cannot be run without it.", "Add the key.")
WRONG_TYPE = ErrorKind(
    "EQ-STUDY-008", "wrong type of value", "The value is of a type that this key does not take.", "Write a value of the type named above."
)
UNREADABLE_PHRASE = ErrorKind(
    "EQ-STUDY-009",
    "phrase not understood",
    "Phrases have a fixed wording, so that everybody reads them alike.",
    "Use one of the phrases named above.",
)
UNKNOWN_VERSION = ErrorKind(
    "EQ-STUDY-010", "unknown version of the grammar", "This Equipoise reads version 1 of the study grammar.", "Write `equipoise: 1`."
)
BAD_DATE = ErrorKind("EQ-STUDY-011", "not a date", "Dates are written year-month-day and must exist.", "Write the date as in 2016-01-31.")
PERIOD_REVERSED = ErrorKind(
    "EQ-STUDY-012", "period reversed", "The period ends before it begins, so no index date can lie in it.", "Exchange the two dates."
)
BAD_WINDOW = ErrorKind(
    "EQ-STUDY-013",
    "impossible window",
    "A window is two whole days from the index date, the earlier one first, both included.",
    "Write it as in [-365, 0].",
)
COVARIATE_IN_FUTURE = ErrorKind(
    "EQ-STUDY-014",
    "covariate window reaches past the index",
    "Adjusting for what happened after the index date conditions on the future, and may remove or invent an effect.",
    "End the window at day 0 or before.",
)
OUTCOME_BEFORE_FOLLOW_UP = ErrorKind(
    "EQ-STUDY-015",
    "outcome window outside follow-up",
    "An outcome is counted only while a person is followed; a day outside the follow-up can hold none.",
    "Let the risk window begin and end within the follow-up, and use `washout` for what came before.",
)
UNKNOWN_SET = ErrorKind(
    "EQ-STUDY-016",
    "unknown code set",
    "The name is neither under `codes: sets:` nor a set of the code file.",
    "Correct the name, or add the set to the code file.",
)
ARM_NOT_IN_INDEX = ErrorKind(
    "EQ-STUDY-017",
    "arm names a set that the index does not",
    "Persons enter an arm on their index day; a set that is no index event can put nobody there.",
    "Add the set to `index`, or remove it from the arm.",
)
BAD_ARMS = ErrorKind(
    "EQ-STUDY-018",
    "arms are not two separate groups",
    "A study compares exactly two arms, and one record must not belong to both.",
    "Name two arms that share no set; the first is the target, the second the comparator.",
)
DUPLICATE_NAME = ErrorKind("EQ-STUDY-019", "name used twice", "Names tell things apart in results and files.", "Rename one of them.")
OUT_OF_RANGE = ErrorKind(
    "EQ-STUDY-020", "number out of range", "The number is outside what this key can mean.", "Use a number in the range named above."
)
IMPOSSIBLE_COUNT = ErrorKind(
    "EQ-STUDY-021",
    "impossible count",
    "No person, or every person, would meet this criterion, or it counts in a way that cannot be carried out.",
    "Correct the numbers.",
)
CONTRADICTORY_BOUNDS = ErrorKind(
    "EQ-STUDY-022",
    "contradictory bounds",
    "The lower bound lies above the upper bound, so no value can lie between.",
    "Exchange or correct the bounds.",
)
UNKNOWN_COVARIATE = ErrorKind(
    "EQ-STUDY-023",
    "unknown covariate",
    "The propensity model names a covariate that is not defined.",
    "Define it under `covariates`, or correct the name.",
)
UNKNOWN_CHOICE = ErrorKind("EQ-STUDY-024", "unknown choice", "Only the words named above have a meaning here.", "Use one of them.")
ADJUSTMENT_IMPOSSIBLE = ErrorKind(
    "EQ-STUDY-025",
    "adjustment cannot be made",
    "Every adjustment but `crude` needs a propensity model with covariates, and the main one must be among those that are run.",
    "Add covariates, or list only adjustments that can be made.",
)
FOLLOW_UP_OPEN = ErrorKind(
    "EQ-STUDY-026",
    "follow-up has no end",
    "A survivor would be followed for ever, or past the last day on which anything could be recorded.",
    "Name the last record or the end of observation, and a longest time: `day 1 to death, last record, 60 months`.",
)
UNKNOWN_GROUP = ErrorKind(
    "EQ-STUDY-027", "unknown comorbidity group", "The index has no such group, so nothing would be left out.", "Use a group of that index."
)
NO_WINDOW = ErrorKind(
    "EQ-STUDY-028",
    "no window",
    "Without a window it is open whether records after the index date count.",
    "Add a window, such as `any time up to index` or `in [-365, 0]`.",
)
BAD_NAME = ErrorKind(
    "EQ-STUDY-029",
    "name cannot be used",
    "Names become columns, file names and words of phrases.",
    "Use letters, digits and underscores, begin with a letter, and avoid the words of the grammar.",
)
CODE_FILE_UNREADABLE = ErrorKind(
    "EQ-STUDY-030",
    "code file unreadable",
    "The study's code sets could not be read.",
    "Check the path: it is taken from the folder of the study file. Save the file as CSV in UTF-8.",
)
CODE_FILE_COLUMNS = ErrorKind(
    "EQ-STUDY-031",
    "code file lacks a column",
    "Each row needs a set, a vocabulary, a code and a match rule.",
    "Give the file a first line with set_id, vocabulary, code, match, separated by commas.",
)
BAD_CODE_ROW = ErrorKind("EQ-STUDY-032", "bad row in a code file", "The row cannot name a concept.", "Complete or remove the row.")
UNKNOWN_VOCABULARY = ErrorKind(
    "EQ-STUDY-033",
    "unknown vocabulary",
    "Codes are found through the site's vocabulary tables, by the OMOP name of the vocabulary.",
    "Use the vocabulary_id of OMOP, such as ICD10CM, SNOMED, RxNorm, LOINC, CPT4.",
)
UNKNOWN_MATCH = ErrorKind(
    "EQ-STUDY-034",
    "unknown match rule",
    "A code is matched exactly, as a prefix, or with its OMOP descendants.",
    "Write exact, prefix or omop_descendants.",
)
EMPTY_CODE_SET = ErrorKind(
    "EQ-STUDY-035",
    "empty code set",
    "A set without codes finds nobody. Rows whose role is `support` count only for sets under `support rows`.",
    "Add codes to the set, or name it under `support rows`.",
)
UNKNOWN_UNIT = ErrorKind(
    "EQ-STUDY-036",
    "unknown unit",
    "Values are converted to this unit at each site; with a unit nobody knows, none would be left.",
    "Use the UCUM code of the unit, such as g/dL, mg/dL, U/L, 10*3/uL, umol/L.",
)
SESSIONS_INCOMPLETE = ErrorKind(
    "EQ-STUDY-037",
    "sessions, treatments and arms do not fit",
    "An index by sessions, treatments told apart by evidence, and arms that are such treatments need each other.",
    "Write `index: first session of ...`, at least two `treatments` with their evidence, and arms as `session is <treatment>`.",
)
UNKNOWN_TREATMENT = ErrorKind(
    "EQ-STUDY-038",
    "unknown treatment",
    "Sessions are told apart by the evidence of the treatments under `treatments`; no other can be found.",
    "Correct the name, or describe the treatment under `treatments`.",
)

BAD_OVERRIDE = ErrorKind(
    "EQ-STUDY-039",
    "override not understood",
    "An override names the check whose finding you know of, and says in a sentence why the study goes on.",
    "Write the check's code and a reason, as in `DC01: the published analysis, kept to show what it does`.",
)
UNFIT_SUBGROUP = ErrorKind(
    "EQ-STUDY-040",
    "subgroup cannot be made",
    "A subgroup needs at least two levels: those of a covariate, those on the two sides of a value, or those of criteria.",
    "Write `each level` for categories and for yes and no, `cut at 65` for numbers, or levels under `first that holds`.",
)

DEFINITION_UNREADABLE = ErrorKind(
    "EQ-STUDY-041",
    "cohort definition unreadable",
    "`circe` names a JSON file, UTF-8 text, from the folder of the study file; without it nobody can be found.",
    "Check the path, and that the file is one cohort definition as ATLAS exports it.",
)
DEFINITION_UNUSABLE = ErrorKind(
    "EQ-STUDY-042",
    "cohort definition with problems",
    "A definition with a mistake would find other persons than it was made for; its own problems are listed with their places.",
    "Correct the definition in ATLAS and export it again; `equipoise cohort check` looks at it alone.",
)
COHORT_WITHOUT_VALUES = ErrorKind(
    "EQ-STUDY-043",
    "value of a cohort asked for",
    "A cohort's entries have days and no values: what looks for a value among them finds nobody, without a word.",
    "Name a code set of measurements here, or put the condition on the value into the definition.",
)

ALL_KINDS: tuple[ErrorKind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, ErrorKind))
"""Every kind of error of this room."""
