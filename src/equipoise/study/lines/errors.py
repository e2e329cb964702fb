"""What can be wrong with rules of lines of therapy, and with the block that puts them into a study."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

UNKNOWN_DRUG = ErrorKind(
    "EQ-STUDY-061",
    "Unknown drug, class or group in a rule pack",
    "Rules speak of drugs, classes and groups that the pack lists; a rule about anything else would never apply.",
    "Correct the name, or list the drug under a class.",
)
PACK_UNREADABLE = ErrorKind(
    "EQ-STUDY-062",
    "Rule pack unreadable",
    "The rules of lines of therapy are read from a YAML file, UTF-8 text.",
    "Name a pack that Equipoise brings along, or give the path of a file that you may read.",
)
PACK_UNKNOWN_KEY = ErrorKind(
    "EQ-STUDY-063",
    "Unknown key in a rule pack",
    "An unknown key would be ignored, and the lines would not be what you meant.",
    "Correct or remove the key.",
)
PACK_MISSING_KEY = ErrorKind("EQ-STUDY-064", "Required key missing in a rule pack", "The rules are incomplete without it.", "Add the key.")
PACK_VALUE = ErrorKind(
    "EQ-STUDY-065",
    "Value not possible in a rule pack",
    "The value is of another type than this key takes, or outside what it can mean.",
    "Write a value as named above.",
)
PACK_CONTRADICTION = ErrorKind(
    "EQ-STUDY-066",
    "Rule pack contradicts itself",
    "Each name must mean one thing: a drug has one class, and is either part of lines or never.",
    "Remove one of the two.",
)
UNKNOWN_SETTING = ErrorKind(
    "EQ-STUDY-067",
    "Unknown setting of a sensitivity grid",
    "A grid over a setting that the rules do not have would give the same lines again and again.",
    "Use one of the settings named above.",
)
NO_LINES = ErrorKind(
    "EQ-STUDY-068",
    "Lines of therapy without rules",
    "Treatments become lines by windows, gaps and substitutions, which differ from disease to disease.",
    "Add a block `lines` with the name of a rule pack, such as `lines: {pack: breast}`.",
)
NO_DRUGS = ErrorKind(
    "EQ-STUDY-069",
    "No codes for drugs of lines of therapy",
    "Lines are found in records of drugs; without codes nobody would have any.",
    "Name under `drugs` the code sets whose descriptions name the drugs, or each drug with its sets.",
)
LINES_MISPLACED = ErrorKind(
    "EQ-STUDY-070",
    "Lines of therapy asked for where they are not known",
    "Lines are counted before a person's index day; the evidence of a session is judged before that day is known.",
    "Ask for `lines of therapy before index` under `include`, as a criterion of its own.",
)
