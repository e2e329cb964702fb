"""What checks can find in a definition that can be read."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

UNUSED_SET = ErrorKind(
    "EQ-CIRCE-101",
    "concept set not used",
    "No criterion refers to it: it changes nothing, and may have been meant somewhere.",
    "Remove it, or refer to it where it was meant.",
    exit_status=0,
)
EMPTY_SET = ErrorKind(
    "EQ-CIRCE-102",
    "concept set without concepts",
    "Nothing is in it, so criteria on it find nobody.",
    "Add concepts to it, or remove the criteria.",
    exit_status=0,
)
SAME_SETS = ErrorKind(
    "EQ-CIRCE-103",
    "concept sets with the same concepts",
    "Two names for one thing: a later change to one will not reach the other.",
    "Keep one, and let all criteria refer to it.",
    exit_status=0,
)
REPEATED_LINE = ErrorKind(
    "EQ-CIRCE-104",
    "concept twice in a concept set",
    "One of the lines does nothing; when one is excluded, the exclusion wins.",
    "Remove one of the lines.",
    exit_status=0,
)
NOT_STANDARD = ErrorKind(
    "EQ-CIRCE-105",
    "concept that is not standard, held against a standard column",
    "Records carry standard concepts in this column; a concept that is not standard is found nowhere.",
    "Use the standard concept, or refer to the set in the source concept attribute.",
    exit_status=0,
)
OTHER_DOMAIN = ErrorKind(
    "EQ-CIRCE-106",
    "concept set of another domain",
    "None of its concepts belongs to the domain of the criterion, where such records are not kept.",
    "Use the criterion of the concepts' own domain.",
    exit_status=0,
)
RANGE_IMPOSSIBLE = ErrorKind(
    "EQ-CIRCE-111",
    "range that nothing lies in",
    "The start is above the end, or the value cannot occur: nothing passes.",
    "Correct the range.",
    exit_status=0,
)
NO_EFFECT = ErrorKind(
    "EQ-CIRCE-112", "attribute without effect", "It filters nothing, as it stands.", "Complete it or remove it.", exit_status=0
)
ANY_CONCEPT = ErrorKind(
    "EQ-CIRCE-113",
    "criterion without a concept set",
    "Every record of the domain passes.",
    "Choose a concept set, unless any record is meant.",
    exit_status=0,
)
NOTHING_ASKED = ErrorKind(
    "EQ-CIRCE-114", "demographic criterion that asks nothing", "Everybody passes.", "Fill it in or remove it.", exit_status=0
)
ANY_TYPE = ErrorKind(
    "EQ-CIRCE-115",
    "record types not chosen",
    "Records of all provenances count: diagnoses of billing and of problem lists alike.",
    "Choose the types, if some should not count.",
    exit_status=0,
)
NUMBER_CUT = ErrorKind(
    "EQ-CIRCE-116",
    "number that loses its decimals",
    "Whole-number attributes lose their fraction, amounts all but four decimals, as in the reference.",
    "Write the number as it will be used.",
    exit_status=0,
)
NO_TEXT = ErrorKind(
    "EQ-CIRCE-117",
    "text filter without a text",
    "Without a text it looks for the word null, as in the reference; with an empty text it passes all that is filled.",
    "Write the text.",
    exit_status=0,
)
NEEDS_CDM_6 = ErrorKind(
    "EQ-CIRCE-118",
    "attribute of CDM 6",
    "No table of CDM 5 holds it: nothing passes there.",
    "Remove it for databases of CDM 5.",
    exit_status=0,
)
READ_AS_GENDER = ErrorKind(
    "EQ-CIRCE-119",
    "concept set of race or ethnicity held against gender",
    "The reference compares these sets with the person's gender, and so does any engine that agrees with it.",
    "List the concepts of race or ethnicity instead.",
    exit_status=0,
)
WINDOW_IMPOSSIBLE = ErrorKind(
    "EQ-CIRCE-121", "window that can never match", "No record can lie in it.", "Correct the window.", exit_status=0
)
BEYOND_OBSERVATION = ErrorKind(
    "EQ-CIRCE-122",
    "window longer than the observation asked for",
    "Persons observed for less time count as persons without the event.",
    "Ask for as much observation as the window is long, unless that is meant.",
    exit_status=0,
)
DEATH_BEFORE = ErrorKind(
    "EQ-CIRCE-123",
    "death before the event",
    "Whoever has the event was alive; records after death are errors.",
    "Turn the window.",
    exit_status=0,
)
OTHER_PATTERN = ErrorKind(
    "EQ-CIRCE-124",
    "windows that begin unlike the others",
    "Most windows of the definition begin on the same day; one that does not may be a slip.",
    "Compare the windows.",
    exit_status=0,
)
ALWAYS_TRUE = ErrorKind(
    "EQ-CIRCE-131",
    "condition that always holds",
    "Any number of events, or of members, meets it.",
    "Write `exactly 0` or `at least 1`, whichever is meant.",
    exit_status=0,
)
NEVER_TRUE = ErrorKind(
    "EQ-CIRCE-132", "condition that never holds", "More members must hold than there are.", "Correct the number.", exit_status=0
)
EMPTY_GROUP = ErrorKind(
    "EQ-CIRCE-133", "rule or group without criteria", "It holds for everybody.", "Add its criteria or remove it.", exit_status=0
)
REPEATED = ErrorKind(
    "EQ-CIRCE-134",
    "criterion that repeats",
    "The same stands twice in one list: the second does nothing, or was meant to differ.",
    "Remove one, or make it what was meant.",
    exit_status=0,
)
CONTRADICTION = ErrorKind(
    "EQ-CIRCE-135", "criteria that contradict each other", "Nobody can meet both.", "Correct one of them.", exit_status=0
)
NO_ENTRY = ErrorKind("EQ-CIRCE-141", "no entry events", "Nobody can enter the cohort.", "Add an entry event.", exit_status=0)
NO_EXIT = ErrorKind(
    "EQ-CIRCE-142",
    "no exit with all events",
    "Every event stays in the cohort to the end of observation, so later events add nothing.",
    "Choose an exit, or the first event alone.",
    exit_status=0,
)
EXIT_ON_ENTRY = ErrorKind(
    "EQ-CIRCE-143",
    "exit on the day of entry",
    "The cohort has no time in it beyond its first day.",
    "Add days, if follow-up in the cohort is meant.",
    exit_status=0,
)
EXIT_BEFORE_ENTRY = ErrorKind(
    "EQ-CIRCE-144",
    "exit before entry",
    "Entries that end before they begin are dropped: nobody stays.",
    "Write a number of days of 0 or more.",
    exit_status=0,
)
DRUG_NOT_IN_EXIT = ErrorKind(
    "EQ-CIRCE-145",
    "drug at entry but not at exit",
    "Entry is an exposure, and yet exit does not follow the exposure.",
    "Let exit follow the drug's era, if time on the drug is meant.",
    exit_status=0,
)
LIMIT_NO_EFFECT = ErrorKind(
    "EQ-CIRCE-146",
    "limit without effect",
    "An earlier limit has left one event already, or the limit has nothing to act on.",
    "Set the limits from wide to narrow.",
    exit_status=0,
)
CENSORED_AT_ENTRY = ErrorKind(
    "EQ-CIRCE-147",
    "censoring by the entry event",
    "The event that lets a person in also ends the stay on the same day.",
    "Choose another censoring event.",
    exit_status=0,
)
DAYS_SUPPLY = ErrorKind(
    "EQ-CIRCE-148",
    "exposure whose length may not be recorded",
    "Without an end or days' supply an exposure lasts a day, so eras of infusions and injections are short.",
    "State the days (DaysSupplyOverride), or check that days' supply is recorded.",
    exit_status=0,
)
UNKNOWN_KEY = ErrorKind(
    "EQ-CIRCE-149", "unknown key", "It is kept and written back, and changes nothing.", "Correct its spelling, or remove it.", exit_status=0
)
