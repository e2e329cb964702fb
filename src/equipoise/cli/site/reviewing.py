"""`equipoise site preview`, `approve` and `audit`: what the hospital's data office does."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from equipoise.cli.errors import NO_SUCH_FILE
from equipoise.cli.progress import progress_bar
from equipoise.guard.audit import begin_anew
from equipoise.guard.audit_check import Line, lines_of, verify
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import Where
from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.site.opening import read_terms
from equipoise.network.preview import Preview
from equipoise.network.preview import preview as look_at
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Study
from equipoise.study.reading import read_study

IN_CLEAR = """In clear, whatever the study: the version of the software; the terms below; the labels of the steps above; for each code
set how many concepts of this site's vocabulary it has, which codes it lacks, and whether any record exists; which tables the CDM lacks;
whether all deaths (if eleven or more) are dated on one day of the month."""


def preview(site: Path, study: str, *, quiet: bool) -> None:
    """Run the study here, and print what would leave."""
    home = SiteHome(site.resolve())
    document, policy = the_study(home, study), read_terms(home)
    with progress_bar(Console(stderr=True, quiet=quiet)) as report:
        found = look_at(document, home.settings().name, home.cdm(), policy, report)
    Approvals(home.folder).previewed(found.study_hash)
    show(found, Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140))


def the_study(home: SiteHome, given: str) -> Study:
    """A study file, or a study that waits at the site, by the beginning of its hash."""
    if Path(given).is_file():
        return read_study(Path(given)).study
    waiting = {name: text for name, text in Approvals(home.folder).waiting().items() if name.startswith(given)}
    if len(waiting) != 1:
        raise NO_SUCH_FILE.error(f"no file {given}, and {len(waiting)} studies wait here under such a hash", Where(file=given))
    return Study.model_validate_json(next(iter(waiting.values())))


def show(found: Preview, console: Console) -> None:
    """The preview as text."""
    console.print(f"[bold]{found.title}[/bold]\nstudy hash {found.study_hash}\n")
    steps = Table("step", "all", "target", "comparator", title="Persons here after each step (these counts do not leave as they are)")
    for label, *counts in found.steps:
        steps.add_row(label, *map(str, counts))
    console.print(steps)
    console.print(f"\n{IN_CLEAR}\n")
    console.print(terms_table(found.policy))
    way = "Under masks: the hub reads their sum over all sites only." if found.policy.masked else "The hub reads them as they are."
    leaving = Table(
        "summary", "times", "field", "shape", "class", "what", "guard", title=f"What would leave, {found.bytes:,} bytes in all. {way}"
    )
    for summary in found.summaries:
        for place, part in enumerate(summary.fields):
            first = (summary.kind, str(summary.times)) if not place else ("", "")
            leaving.add_row(*first, part.name, part.shape, part.disclosure, part.meaning, "" if place else summary.decision)
    console.print(leaving)
    if found.stopped:
        console.print(f"The run ended early here: {found.stopped}. Over several sites more may be asked.")


def terms_table(policy: Policy) -> Table:
    """The site's terms, line by line."""
    terms = Table("term", "value", title="The terms of this site (policy.toml)")
    for name, value in asdict(policy).items():
        terms.add_row(name, ", ".join(value) or "all" if isinstance(value, tuple) else str(value))
    return terms


def approve(site: Path, study: str, by: str, *, alike: bool, withdraw: bool) -> None:
    """Approve a study by its hash, or approve it no more."""
    home = SiteHome(site.resolve())
    home.settings()
    document = the_study(home, study)
    digest, approvals = study_hash(document), Approvals(home.folder)
    if withdraw:
        approvals.withdraw(digest)
        sys.stdout.write(f"{document.title} ({digest[:12]}) is not answered any more\n")
        return
    approval = approvals.approve(digest, document.name, by or getpass.getuser(), alike=alike)
    sys.stdout.write(f"{document.title} ({digest[:12]}) is approved by {approval.by}\n")


def audit(site: Path, *, check: bool, study: str, last: int) -> None:
    """Show the log, and verify it."""
    folder = SiteHome(site.resolve()).state
    if check:
        sys.stdout.write(f"{verify(folder)} lines, as they were written\n")
        return
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    names = ("line", "when", "who", "study", "question", "what", "shape", "bytes", "terms", "decision")
    table = Table(*names, title=f"The last {last} decisions")
    for line in newest(lines_of(folder), study, last):
        table.add_row(
            str(line.line), line.when, line.who, line.study_hash[:12], str(line.question), line.estimator, line.shape,
            str(line.size_bytes), line.terms, line.decision,
        )  # fmt: skip
    console.print(table)


def begin_another_log(site: Path) -> None:
    """Set the log aside as it is; the next begins with who did so."""
    aside = begin_anew(SiteHome(site.resolve()).state, getpass.getuser())
    names = ", ".join(path.name for path in aside) or "nothing was there"
    sys.stdout.write(f"another log is begun; set aside: {names}\n")


def newest(lines: Iterator[Line], study: str, last: int) -> list[Line]:
    """The last lines of a study, by the beginning of its hash."""
    wanted = [line for line in lines if line.study_hash.startswith(study)]
    return list(islice(wanted, max(0, len(wanted) - last), None))
