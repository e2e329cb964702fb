"""What can go wrong at the hub."""

from equipoise.kernel.errors import ErrorKind

TOO_FEW_SITES = ErrorKind(
    "EQ-HUB-001",
    "too few sites are left",
    "the study names the least number of sites that it may speak of",
    "repair the sites that failed (they are named), or lower `minimum` under `sites` in the study",
    exit_status=3,
)
SITE_FAILED = ErrorKind(
    "EQ-HUB-002",
    "a site failed, and the study says to stop then",
    "the study says `on failure: stop` under `sites`",
    "repair the site, leave it out of the network, or let the study continue without sites that fail",
    exit_status=3,
)
BAD_REPLY = ErrorKind(
    "EQ-HUB-003",
    "a site's reply does not belong to the question",
    "every reply names its site, its study and its question",
    "run the study again; if it stays, check what lies between the hub and the site",
    exit_status=3,
)
ODD_SUMMARY = ErrorKind(
    "EQ-HUB-004",
    "a site's summary has another shape than the others'",
    "only sums of one shape can be added",
    "check that the site runs the same version and the same study",
    exit_status=3,
)
NOBODY = ErrorKind(
    "EQ-HUB-005",
    "nobody qualifies for one of the arms",
    "two treatments cannot be compared when one has no patient",
    "look at the flow diagram with `equipoise count`: which step leaves nobody, and which code sets find nothing?",
    exit_status=3,
)
NOT_OBSERVABLE = ErrorKind(
    "EQ-HUB-007",
    "a treatment cannot be seen in a site's records",
    "treatments that share a code are told apart by evidence that this site never records: its patients would all seem to have the other",
    "ask the site under which code it records the treatment, and add that code to the evidence",
)
EMPTY_SET = ErrorKind(
    "EQ-HUB-006",
    "a code set finds no record at some sites",
    "the site may code otherwise, or its vocabulary may not hold the codes",
    "look at the code set's missing codes at that site",
)
WITHHELD = ErrorKind(
    "EQ-HUB-008",
    "a statistic would give a hidden count away",
    "with the size of an arm, or a share and that size, anybody could work the small number out",
    "read the estimates that are shown, choose an outcome or a population with more people, or ask the sites for other terms",
)
LACKING_TABLE = ErrorKind(
    "EQ-HUB-009",
    "a site's CDM lacks a table",
    "records that are not there look like records that never were: people without an index event, without disease, without an outcome",
    "ask the site whether the table exists elsewhere; where the study needs it, run without the site",
)
SEVERAL_SUBGROUPS = ErrorKind(
    "EQ-HUB-010",
    "several subgroups were looked at",
    "among many subgroups some look different by chance; a hazard ratio that is significant in one level and not in another is no evidence",
    "read the test of interaction, adjusted for the number of subgroups, before any single level",
)
SITES_APART = ErrorKind(
    "EQ-HUB-011",
    "what is said of single sites is limited",
    "an estimate of one site alone, or the difference that a site makes, may be shown only where its terms and its numbers allow it",
    "ask sites to set `share: site-aggregates`; for sites with few patients read the groups",
)
CHANGES = ErrorKind(
    "EQ-HUB-012",
    "an answer changes with a choice of the analysis",
    "trimming, caliper, the end of follow-up and which sites take part are choices; an answer that hangs on one of them is that choice's",
    "report the whole grid, and say beforehand which choice is the main one and why",
)
NOT_THERE = ErrorKind(
    "EQ-HUB-013",
    "there is no estimate to question",
    "a sensitivity analysis says how an estimate would change; without the estimate it has nothing to say",
    "see in the other notes why the estimate is missing",
)
ONE_ARM_ONLY = ErrorKind(
    "EQ-HUB-014",
    "something occurs in one arm only",
    "who has it is certain to be in that arm: there is nobody to compare them with, and no propensity model can hold it",
    "exclude these persons, or lay the level together with another; until then they are scored by the other covariates alone",
)
MASKS_LEFT = ErrorKind(
    "EQ-HUB-015",
    "the sites' answers do not add up",
    "masks cancel only when every site answers the same question in the same session",
    "run the study again; if it stays, a site runs other code than the others",
    exit_status=3,
)
TOGETHER = ErrorKind(
    "EQ-HUB-016",
    "a site was left out together with one that failed",
    "sums over all sites had been told already; without the failed site alone, the difference would have been its own numbers",
    "repair the site that failed and run the study again over all sites",
)
ROWS_APART = ErrorKind(
    "EQ-HUB-020",
    "a large-scale propensity model needs all rows in one place",
    "its lasso is fitted to people, not to sums: each of several sites would fit a model of its own",
    "run the study with `--pooled`, or at one site; or take `large scale` out and name covariates",
)
LARGE_MODEL = ErrorKind(
    "EQ-HUB-021",
    "what a large-scale propensity model holds and leaves out",
    "what occurs in one arm only, or nearly so, is often part of the treatment, and says nothing of who could have had either",
    "read the names: put what belongs to the treatment under `without`; if patients of one arm alone had it before the index, ask why",
)
COARSE_TIMES = ErrorKind(
    "EQ-HUB-017",
    "some sites round times up",
    "a site's terms may coarsen dates, so that no single day shows",
    "read medians and landmarks with that many days of doubt",
)
COARSE_CURVES = ErrorKind(
    "EQ-HUB-018",
    "curves are drawn in coarse steps",
    "a step that stands for a few events would count them",
    "read survival at landmarks and medians from the tables, not from the curve between two steps",
)
