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
    "ask the site to raise `questions_per_study` or `questions_per_day`, or go on tomorrow",
    exit_status=3,
)
BAD_POLICY = ErrorKind(
    "EQ-GUARD-004",
    "the site's policy cannot be understood",
    "nothing leaves a site under an unclear policy",
    "share: secure-sums, site-aggregates or deidentified-rows; masking: hide or show-10; each minimum: 1 or more",
)
ALONE_REFUSED = ErrorKind(
    "EQ-GUARD-005",
    "the question would show one site alone",
    "the difference between the sum over all sites and the sum without a few is the sum of these few",
    "leave out groups of three sites or more, or ask the site to set `share: site-aggregates`",
    exit_status=3,
)
OVERFLOW = ErrorKind(
    "EQ-GUARD-006",
    "a number is too large to be added under masks",
    "sums under masks are whole numbers of bounded size; one that ran over would come out as another number",
    "use a smaller unit for the variable (thousands, or logarithms)",
    exit_status=3,
)
SUM_UNREADABLE = ErrorKind(
    "EQ-GUARD-007",
    "a sum under masks cannot be read",
    "every site must answer the same question in the same layout under the masks of one session, or nothing cancels",
    "run the study again; if it stays, a site answers another question than the others: look at the sites' logs",
    exit_status=3,
)
BAD_IDENTITY = ErrorKind(
    "EQ-GUARD-008",
    "the site's identity key cannot be used",
    "whoever can read the key can speak in the site's name",
    "set the file's mode to 600; if it is damaged, remove it, and give the peers the new fingerprint",
)
BAD_ROSTER = ErrorKind(
    "EQ-GUARD-009",
    "the roster of peers cannot be understood",
    "a site believes the keys in its roster and no others",
    "write a line for each peer: its fingerprint, as `ed25519:` with 64 hexadecimal digits, a space, and its name",
)
KEY_NOT_BELIEVED = ErrorKind(
    "EQ-GUARD-010",
    "a key for masks is not one that the site believes",
    "whoever puts his own key in a peer's place could take the masks off",
    "compare the roster with the peers' fingerprints, by telephone; run the same version at every site",
    exit_status=3,
)
TOO_FEW_MASKED = ErrorKind(
    "EQ-GUARD-011",
    "too few sites would be added",
    "of a sum over one or two sites each can work the other's part out; sites that show their own numbers hide nobody",
    "run with more sites; or have the site say `share: site-aggregates`, or a lower `minimum_sites`, in its policy",
    exit_status=3,
)
SETS_TOO_CLOSE = ErrorKind(
    "EQ-GUARD-012",
    "the same study over almost the same sites would show the difference",
    "two sums over sets of sites that differ by one site differ by that site's numbers",
    "run the study again over the same sites as before, or leave out at least as many as the policy's `minimum_sites`",
    exit_status=3,
)
MASKS_NEEDED = ErrorKind(
    "EQ-GUARD-013",
    "the site answers only under masks",
    "its policy is `share: secure-sums`",
    "start the run again; if it stays, run the same version at the hub and at the site",
    exit_status=3,
)
REPLAYED = ErrorKind(
    "EQ-GUARD-014",
    "a question comes out of its order",
    "an answer under masks leaves once; two answers under one mask could be subtracted",
    "start the run again; if it stays, something between the hub and the site repeats messages",
    exit_status=3,
)
AUDIT_BROKEN = ErrorKind(
    "EQ-GUARD-015",
    "the site's log is not as it was written",
    "the log is only ever added to; what does not fit was changed afterwards, and nothing leaves a site that cannot write it down",
    "keep the files for whoever looks into it; to go on, `equipoise site audit SITE --begin-anew` begins another log, that says so",
    exit_status=3,
)
NOT_APPROVED = ErrorKind(
    "EQ-GUARD-016",
    "the site has not approved this study",
    'its policy answers approved studies only (`studies = "approved"`); the document waits there for its office',
    "at the site: `equipoise site preview`, read what would leave, then `equipoise site approve`",
    exit_status=3,
)
NOT_PREVIEWED = ErrorKind(
    "EQ-GUARD-017",
    "a study is approved after its preview",
    "the preview shows what would leave, from the site's own records",
    "run `equipoise site preview` on it first",
)
TOO_ALIKE = ErrorKind(
    "EQ-GUARD-018",
    "the study's persons are almost those of an earlier study",
    "the difference between the answers to both would speak of the few persons who are in one of them only",
    "if the two cannot be used together against anybody, the site's office may approve it with `equipoise site approve --alike`",
    exit_status=3,
)
ESTIMATOR_REFUSED = ErrorKind(
    "EQ-GUARD-019",
    "the site's policy does not answer this estimator",
    "the policy names those it answers under `estimators`",
    "ask the site to add it, or leave it out of the study",
    exit_status=3,
)
DESIGNS_SPENT = ErrorKind(
    "EQ-GUARD-020",
    "the study has tried too many cut points or scores",
    "cut points that are moved a little each time close in on a single person",
    "ask the site to raise `designs_per_study`, if the study has a reason for so many",
    exit_status=3,
)
RULE_BROKEN = ErrorKind(
    "EQ-GUARD-021",
    "a rule of the guard forbids this release",
    "the rules are in `guard/rules.py`, each in one sentence; this one names itself",
    "share under masks (`share: secure-sums`), where only the sum over sites is read; or ask for less",
    exit_status=3,
)
TOO_MANY_FAILURES = ErrorKind(
    "EQ-GUARD-022",
    "too many questions of this study have failed here",
    "whether a question fails can hang on a single record; a site under masks lets few failures be seen",
    "look at the site's log for what failed; restart the site to begin the count anew",
    exit_status=3,
)
NOT_OF_STUDY = ErrorKind(
    "EQ-GUARD-023",
    "the question chooses a day or a limit that the study does not name",
    "ends of follow-up, landmarks and trimming that are moved a little each time close in on a single person",
    "put it into the study (`landmarks`, `trims`, `follow-up ends`), which is then another study with another hash",
    exit_status=3,
)
