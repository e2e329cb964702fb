"""What can go wrong between the hub and its sites, and when a network is made."""

from equipoise.kernel.errors import ErrorKind

NOT_THE_HUB = ErrorKind(
    "EQ-FLARE-001",
    "the question is not from the hub",
    "a site answers only what its own hub stamped for it",
    "check which hub the site joined; if this stays, somebody else in the network tries to ask: tell the hub",
    exit_status=3,
)
NOT_INSTALLED = ErrorKind(
    "EQ-FLARE-002",
    "the network engine is not installed",
    "a network of real hospitals needs NVIDIA FLARE, which a plain installation leaves out",
    "install it with `pip install 'equipoise[federation]'`",
)
NO_SUCH_HUB = ErrorKind(
    "EQ-FLARE-003",
    "no hub runs here",
    "studies are asked through the hub's own process, on the hub's machine",
    "start it with `equipoise hub run HUB` and wait until it says that it listens",
    exit_status=3,
)
SILENT = ErrorKind(
    "EQ-FLARE-004",
    "a site gave no sign of life",
    "a site at work answers every few seconds; this one is down, or its line is cut",
    "ask the site to look at `equipoise site check`; the next study asks it again. `silence` in `time-outs.toml` says how long to wait",
    exit_status=3,
)
LATE = ErrorKind(
    "EQ-FLARE-005",
    "a site was still at work when its time was over",
    "the time for one question has a limit, so that one slow site cannot hold all others",
    "give the study's questions more time (`answer` in the hub's `time-outs.toml`), or ask the site what slows it",
    exit_status=3,
)
BAD_PARCEL = ErrorKind(
    "EQ-FLARE-006",
    "what came is no part of this conversation",
    "parts are named by the digest of the whole, and must fit together",
    "run the study again; if it stays, check that hub and site run the same version",
    exit_status=3,
)
HUB_LOST = ErrorKind(
    "EQ-FLARE-007",
    "the hub's process went away",
    "the answers that had come are kept",
    "start the hub again, and run the same command: it goes on where it stopped",
    exit_status=3,
)
NO_HOME = ErrorKind(
    "EQ-FLARE-008",
    "this is no folder of a hub or a site",
    "a hub and each site keep their settings, keys and logs in one folder",
    "make it with `equipoise hub init` or `equipoise site init`, or name the right folder",
)
BAD_HOME = ErrorKind(
    "EQ-FLARE-009",
    "a settings file cannot be understood",
    "the file lists exactly the settings that the commands wrote",
    "correct the setting named, or restore the file from its backup",
)
JOB_REFUSED = ErrorKind(
    "EQ-FLARE-010",
    "the site runs no jobs",
    "a site answers typed questions with what is installed at it; a job of the engine could bring other work, or code",
    "put a study to the network with `equipoise run`",
    exit_status=3,
)
CODE_REFUSED = ErrorKind(
    "EQ-FLARE-011",
    "the site takes no code",
    "only what the hospital itself installed runs there",
    "put a study to the network with `equipoise run`",
    exit_status=3,
)
ENGINE_REFUSED = ErrorKind(
    "EQ-FLARE-012",
    "the network engine's own tool refused",
    "keys, certificates and kits are made by FLARE's provisioning tool",
    "read what it said; often a paper is of another network, or was used before",
)
BAD_NAME = ErrorKind(
    "EQ-FLARE-013",
    "a name cannot stand in a certificate",
    "names of networks, sites and organisations travel in certificates and file names",
    "use letters and digits (and `_`, `-` where the message says so)",
)
BAD_PAPER = ErrorKind(
    "EQ-FLARE-014",
    "an invitation, request or admission cannot be read",
    "each is one file, written by `hub invite`, `site init` or `hub admit`, and passed on unchanged",
    "ask for the file again, and compare its size with the sender's",
)
ALREADY_THERE = ErrorKind(
    "EQ-FLARE-015",
    "something of that name is there already",
    "keys and certificates are never overwritten",
    "choose another name or folder; a site that must begin anew is revoked first",
)
NOT_INVITED = ErrorKind(
    "EQ-FLARE-016",
    "the request is not from a site that was invited",
    "an invitation admits one site, once, under the name it was written for",
    "write a new invitation with `equipoise hub invite`, and let the site begin with it",
)
NOT_MEMBER = ErrorKind(
    "EQ-FLARE-017", "there is no such site", "only sites that were admitted can be revoked", "see the names with `equipoise hub sites`"
)
NO_CDM_YET = ErrorKind(
    "EQ-FLARE-018",
    "the site's CDM does not exist",
    "a site answers from its own records in the OMOP common data model",
    "name a folder of Parquet files or a DuckDB file with `--cdm`",
)
NOT_JOINED = ErrorKind(
    "EQ-FLARE-019",
    "the site has not joined yet",
    "without the hub's admission it has no certificate",
    "send the request to the hub, and take its admission with `equipoise site join`",
)
REVOKED = ErrorKind(
    "EQ-FLARE-021",
    "the site is no member of the network",
    "it was never admitted, or was revoked: nothing is put to it, and its process is turned away",
    "leave it out, or invite it anew",
    exit_status=3,
)
BAD_TIME_OUTS = ErrorKind(
    "EQ-FLARE-022",
    "the hub's time-outs cannot be understood",
    "`time-outs.toml` says `silence`, `answer` and `hub` in seconds, for all studies or under the name of one",
    "correct the line named; without the file the defaults hold",
)
NOT_UP = ErrorKind(
    "EQ-FLARE-020",
    "the network did not come up",
    "a hub or a site ended, or did not connect in time",
    "read the logs beside it: each process has one",
    exit_status=3,
)
