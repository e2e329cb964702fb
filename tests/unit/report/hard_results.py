"""Results that strain a layout, each made from an ordinary one."""

from __future__ import annotations

from dataclasses import fields, replace

from equipoise.kernel.masked import Masked
from equipoise.results.study_result import MaskedCell, Note, SiteOutcome, StudyResult
from equipoise.study import model as m

LONG = "Radioembolisation with yttrium-90 glass or resin microspheres through the hepatic artery"


def hard_results(made: StudyResult) -> dict[str, StudyResult]:
    """By name: what is hard about each."""
    return {
        "long names": long_names(made),
        "sixty covariates": sixty_covariates(made),
        "twenty outcomes": twenty_outcomes(made),
        "an empty arm": empty_arm(made),
        "all masked": all_masked(made),
        "no curves": replace(made, curves=()),
        "nothing at all": nothing(made),
        "hostile text": hostile(made),
    }


def renamed(made: StudyResult, target: str, comparator: str) -> StudyResult:
    names = {"TARE": target, "TACE": comparator}
    arms = tuple(arm.model_copy(update={"name": names[arm.name]}) for arm in made.study.arms)
    return replace(
        made,
        study=made.study.model_copy(update={"arms": arms}),
        records=tuple(replace(r, target=names.get(r.target or ""), comparator=names.get(r.comparator or "")) for r in made.records),
        curves=tuple(replace(c, arm=names[c.arm]) for c in made.curves),
        weights=tuple(replace(w, arm=names[w.arm]) for w in made.weights),
    )


def long_names(made: StudyResult) -> StudyResult:
    result = renamed(made, LONG, LONG.replace("Radio", "Chemo"))
    outcome = m.DeathOutcome(name="os", label="Death of any cause, from any source, " * 4)
    title = (
        "Effect of "
        + LONG
        + " on everything that was measured, " * 4
        + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter" * 2
    )
    notes = (*made.notes, Note("error", "EQ-TABLE-001", "x" * 300 + " " + LONG * 4))
    flow = tuple(replace(step, label=step.label + ", " + LONG * 2) for step in made.flow)
    baseline = tuple(replace(row, label=row.label + " " + LONG) for row in made.baseline)
    study = result.study.model_copy(update={"title": title, "outcomes": (outcome,)})
    return replace(result, study=study, notes=notes, flow=flow, baseline=baseline, study_text="x: " + "y" * 3000)


def sixty_covariates(made: StudyResult) -> StudyResult:
    single = [row for row in made.baseline if row.covariate == "albi"]
    rows = tuple(replace(row, covariate=f"lab{i}", label=f"Laboratory value number {i}") for row in single for i in range(60))
    return replace(made, baseline=rows)


def twenty_outcomes(made: StudyResult) -> StudyResult:
    names = ["os", *(f"event {i}/x" for i in range(2, 21))]
    events = tuple(m.EventOutcome(name=name, label=f"Adverse event {i}", sets=("tare",)) for i, name in enumerate(names[1:], 2))
    return replace(
        made,
        study=made.study.model_copy(update={"outcomes": (made.study.outcomes[0], *events)}),
        records=tuple(replace(record, outcome=name) for name in names for record in made.records),
        curves=tuple(
            replace(c, outcome=name)
            for name in names
            for c in made.curves
            if name in names[:4] and c.adjustment in ("crude", "overlap", "iptw")
        ),
        proportional_hazards=tuple(replace(t, outcome=name) for name in names for t in made.proportional_hazards),
    )


def empty_arm(made: StudyResult) -> StudyResult:
    records = tuple(
        replace(r, estimate=None, lower=None, upper=None, p_value=None, n_comparator=0, events_comparator=0)
        if r.comparator
        else replace(r, estimate=None if r.target == "TACE" else r.estimate)
        for r in made.records
    )
    return replace(
        made,
        flow=tuple(replace(step, n_comparator=0) for step in made.flow),
        baseline=tuple(replace(row, comparator=None, comparator_sd=None, comparator_count=0, smd=None) for row in made.baseline),
        curves=tuple(c for c in made.curves if c.arm == "TARE"),
        weights=tuple(replace(w, n=0, effective_n=0.0, sum_of_weights=0.0) if w.arm == "TACE" else w for w in made.weights),
        overlap=(),
        records=records,
        notes=(*made.notes, Note("error", "EQ-ESTIMATE-002", "The comparator arm has no patients.")),
    )


def all_masked(made: StudyResult) -> StudyResult:
    hidden = Masked()
    counts = {"n_target": hidden, "n_comparator": hidden}
    return replace(
        made,
        flow=tuple(replace(step, n=hidden, excluded=hidden, **counts) for step in made.flow),
        baseline=tuple(replace(row, target_count=hidden, comparator_count=hidden) for row in made.baseline),
        weights=tuple(replace(w, n=hidden) for w in made.weights),
        curves=tuple(replace(c, at_risk=(hidden,) * len(c.at_risk)) for c in made.curves),
        sites=tuple(SiteOutcome(s.site, s.status, s.why, hidden, hidden) for s in made.sites),
        masked=tuple(MaskedCell("table1", f"cell {i}", "small") for i in range(400)),
        records=tuple(replace(r, **counts, events_target=hidden, events_comparator=hidden) for r in made.records),
    )


def nothing(made: StudyResult) -> StudyResult:
    keep = {"study", "study_hash", "study_text", "mode", "site_mix", "rounds", "messages", "bytes_received", "seconds"}
    return replace(made, **{f.name: () for f in fields(made) if f.name not in keep})


def hostile(made: StudyResult) -> StudyResult:
    text = '"><script>alert(1)</script><img src=https://example.org/x.png> =1+1 $x^2$'
    result = renamed(made, "<b>TARE</b>", "=TACE()")
    return replace(
        result,
        study=result.study.model_copy(update={"title": text}),
        notes=(Note("warning", text, text),),
        flow=tuple(replace(step, label=text) for step in made.flow),
        study_text=text,
        sites=(SiteOutcome("@site", "failed", "=cmd()"), SiteOutcome("-site", "contributed")),
    )
