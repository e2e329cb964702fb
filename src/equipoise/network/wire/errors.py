"""What can be wrong with a message."""

from equipoise.kernel.errors import ErrorKind

GARBAGE = ErrorKind(
    "EQ-WIRE-001",
    "the bytes are not a message",
    "a message has declared fields and types and nothing else is read",
    "check that both ends run Equipoise and that nothing between them alters what is sent",
)
BAD_ARRAY = ErrorKind(
    "EQ-WIRE-002",
    "an array is not as declared",
    "only float64, int64, uint64 and bool arrays of the declared kind are read",
    "check that both ends run the same version",
)
TOO_LARGE = ErrorKind(
    "EQ-WIRE-003",
    "the message is too large",
    "a message has an upper bound, so that no end can fill the other's memory",
    "ask for fewer time points or fewer columns",
)
VERSION_SKEW = ErrorKind(
    "EQ-WIRE-004",
    "the two ends run different versions",
    "sums from different versions may mean different things",
    "install the same version of Equipoise at the hub and at the site",
)
UNSENDABLE = ErrorKind(
    "EQ-WIRE-005",
    "this value has no place in a message",
    "only plain values, frozen dataclasses and numeric arrays cross the wire",
    "send a declared message type",
)
