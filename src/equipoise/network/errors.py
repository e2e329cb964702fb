"""What can be wrong with a network's description."""

from equipoise.kernel.errors import ErrorKind

NO_NETWORK = ErrorKind(
    "EQ-NETWORK-001",
    "there is no such network",
    "a network is a folder of CDMs, one CDM (a folder of Parquet files or a DuckDB file), or a network file",
    "check the path and its spelling",
)
NO_CDM = ErrorKind(
    "EQ-NETWORK-002",
    "nothing here is a CDM",
    "a CDM is a folder that holds person.parquet, or a DuckDB file (*.duckdb)",
    "name a folder whose sub-folders are CDMs, one CDM, or a network.yaml that lists them",
)
BAD_FILE = ErrorKind(
    "EQ-NETWORK-003",
    "the network file cannot be understood",
    "it says `equipoise_network: 1` and lists `sites`, each with a name, a cdm and perhaps a policy",
    "correct the line named; a site is `{name: A, cdm: folder, policy: {share: site-aggregates, minimum_count: 11, masking: hide}}`",
)
NO_SITE_CDM = ErrorKind(
    "EQ-NETWORK-004",
    "a site's CDM does not exist",
    "paths in a network file are relative to the file",
    "check the path and its spelling",
)
NOBODY_ADMITTED = ErrorKind(
    "EQ-NETWORK-005",
    "the hub has no sites",
    "studies are put to the sites that the hub has admitted",
    "invite hospitals with `equipoise hub invite`, and admit their requests with `equipoise hub admit`",
)
NOT_POOLED = ErrorKind(
    "EQ-NETWORK-006",
    "rows of a live network cannot be pooled",
    "they never leave their hospitals",
    "leave out `--pooled`",
)
NO_PROCESS = ErrorKind(
    "EQ-NETWORK-007",
    "a process that was to hold sites of this machine did not start",
    "a long study shares its sites out among processes, a core each",
    "see what it wrote to the error stream; `--processes 1` keeps all sites in one process",
)
