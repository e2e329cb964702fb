"""What can be wrong with a request for a simulated network."""

from equipoise.kernel.errors import ErrorKind

BAD_SIZE = ErrorKind(
    "EQ-SIMULATE-001",
    "impossible size",
    "a network needs 1 to 999 hospitals, at least one patient, and a seed that is not negative",
    "choose other values of --hospitals, --patients or --seed",
)
UNKNOWN_SCENARIO = ErrorKind(
    "EQ-SIMULATE-002",
    "no such scenario",
    "the effects planted in the data are fixed by the scenario",
    "use flagship (TARE lowers the hazard), null (it does not) or diabetes (two drug classes, several outcomes)",
)
OUTPUT_EXISTS = ErrorKind(
    "EQ-SIMULATE-003",
    "the output holds something else",
    "a simulated network replaces an earlier one but no other files, and never mixes with them",
    "name a new folder, or remove the old one first",
)
