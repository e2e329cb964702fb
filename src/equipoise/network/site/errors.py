"""Why a site gives no answer."""

from equipoise.kernel.errors import ErrorKind

UNEXPECTED = ErrorKind(
    "EQ-SITE-001",
    "unexpected failure at a site",
    "this is a fault in Equipoise or in the site's files; its text stays at the site, as it may hold values of a row",
    "look at the site",
    exit_status=3,
)
NO_STUDY = ErrorKind(
    "EQ-SITE-002",
    "the site was not told the study",
    "every study begins with hello and prepare",
    "start the run again",
    exit_status=3,
)
OTHER_STUDY = ErrorKind(
    "EQ-SITE-003",
    "the study does not have the hash under which it came",
    "the hash names the study in the site's log and in the results",
    "run the same version of Equipoise at the hub and at the site",
    exit_status=3,
)
UNKNOWN_ESTIMATOR = ErrorKind(
    "EQ-SITE-004",
    "the site knows no such estimator or view",
    "a site runs only what is installed at it",
    "run the same version of Equipoise at the hub and at the site",
    exit_status=3,
)
