"""Why the guard lets something not pass."""

from equipoise.kernel.errors import ErrorKind

NOT_A_SUMMARY = ErrorKind(
    "EQ-GUARD-001",
    "what should leave is not the estimator's declared summary",
    "only declared sums may leave a site",
    "report this: an estimator's site half returns something else than it declares",
    exit_status=3,
)
ROWS_REFUSED = ErrorKind(
    "EQ-GUARD-002",
    "this site shares no rows",
    "the question asks for one line a person, and the site's policy allows sums only",
    "use a weighted adjustment, or ask the site to set `share: deidentified-rows`",
    exit_status=3,
)
BUDGET_SPENT = ErrorKind(
    "EQ-GUARD-003",
    "the site's number of questions for this study is used up",
    "many sums over slightly different people can be subtracted from each other",
    "ask the site to raise `questions_per_study`",
    exit_status=3,
)
BAD_POLICY = ErrorKind(
    "EQ-GUARD-004",
    "the site's policy cannot be understood",
    "nothing leaves a site under an unclear policy",
    "share: secure-sums, site-aggregates or deidentified-rows; minimum_count: 1 or more; masking: hide or show-10",
)
ALONE_REFUSED = ErrorKind(
    "EQ-GUARD-005",
    "the question would show one site alone",
    "the difference between the sum over all sites and the sum without a few is the sum of these few",
    "leave out groups of three sites or more, or ask the site to set `share: site-aggregates`",
    exit_status=3,
)
