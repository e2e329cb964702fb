"""A whole definition in words: Markdown that a clinician can check. Every part of the definition that has an effect is said."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.cohort.circe.describing import phrases
from equipoise.cohort.circe.describing.criteria import Speaker
from equipoise.cohort.circe.describing.lines import bullets, counted, plain
from equipoise.cohort.circe.model import CohortExpression, ConceptSet, ConceptSetItem, CriteriaGroup, CustomEra, DateOffset
from equipoise.cohort.circe.place import path_of

ENTRY = "the entry event"
LIMITS = {"All": "All of a person's {what} are kept.", "First": "Only the earliest of a person's {what} is kept."}
LAST = "Only the latest of a person's {what} is kept."


def describe(expression: CohortExpression, name: str = "Cohort") -> str:
    """The definition as Markdown; `name` heads it when the definition has no title."""
    speaker = Speaker({concept_set.id: plain(concept_set.name) for concept_set in expression.concept_sets})
    lines = [f"# {plain(expression.title or name)}", ""]
    lines += [
        "Windows and ranges include both their ends. Of events on one day, the one with the smallest record id counts as the earliest.",
        "",
    ]
    for section in (_entry, _additional, _rules, _exit, _eras):
        lines += [*section(expression, speaker), ""]
    lines += [*_sets(expression.concept_sets), *_rest(expression)]
    text = "\n".join(lines).rstrip() + "\n"
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def _entry(expression: CohortExpression, speaker: Speaker) -> Iterator[str]:
    primary, window = expression.primary_criteria, expression.primary_criteria.observation_window
    yield from ("## Entry", "", "A person enters on the start of any of these events:", "")
    yield from bullets(tuple(speaker.event(criterion) for criterion in primary.criteria_list))
    asked = [f"{counted(n, 'day')} {side}" for n, side in ((window.prior_days, "before"), (window.post_days, "after")) if n]
    observed = f", observed for at least {' and '.join(asked)} it" if asked else ""
    yield from ("", f"The event must start in an observation period of the person{observed}.")
    yield _limit(primary.primary_criteria_limit.type, "entry events")


def _limit(kind: str, what: str) -> str:
    return LIMITS.get(kind, LAST).format(what=what)


def _group(group: CriteriaGroup, speaker: Speaker) -> Iterator[str]:
    line = speaker.group(group, ENTRY)
    yield from (line.text[0].upper() + line.text[1:], "")
    yield from bullets(line.under)


def _additional(expression: CohortExpression, speaker: Speaker) -> Iterator[str]:
    if expression.additional_criteria is None:
        return
    yield from ("## Further conditions of entry", "", "An entry event qualifies when:", "")
    yield from _group(expression.additional_criteria, speaker)
    yield from ("", _limit(expression.qualified_limit.type, "qualifying events"))


def _rules(expression: CohortExpression, speaker: Speaker) -> Iterator[str]:
    yield from ("## Inclusion rules", "")
    yield "A qualifying event is included when it meets every rule." if expression.inclusion_rules else "There are no inclusion rules."
    for number, rule in enumerate(expression.inclusion_rules, 1):
        yield from ("", f"### {number}. {plain(rule.name) or 'Rule without a name'}", "")
        yield from (f"> {plain(line)}" for line in (rule.description or "").splitlines())
        yield from ("", *_group(rule.expression, speaker))
    yield from ("", _limit(expression.expression_limit.type, "included events"))


def _exit(expression: CohortExpression, speaker: Speaker) -> Iterator[str]:
    yield from ("## Exit", "")
    strategy = expression.end_strategy
    if strategy is None:
        yield "A person leaves at the end of the observation period."
    elif isinstance(strategy, DateOffset):
        yield _offset(strategy)
    else:
        yield from _era(strategy, speaker)
    if expression.censoring_criteria:
        yield from ("", "Or earlier, on the start of the first of these events, from the day of entry on:", "")
        yield from bullets(tuple(speaker.event(criterion) for criterion in expression.censoring_criteria))


def _offset(strategy: DateOffset) -> str:
    mark = "start" if strategy.date_field == "StartDate" else "end"
    side = "after" if strategy.offset >= 0 else "before"
    when = f"{counted(abs(strategy.offset), 'day')} {side} the {mark} of {ENTRY}" if strategy.offset else f"on the {mark} of {ENTRY}"
    return f"A person leaves {when}, at the latest at the end of the observation period."


def _era(strategy: CustomEra, speaker: Speaker) -> Iterator[str]:
    drug = phrases.set_name(strategy.drug_codeset_id or 0, speaker.names)
    lasts = "An exposure lasts until its recorded end, else as long as its days' supply, else one day."
    if strategy.days_supply_override is not None:
        lasts = f"Each exposure is taken to last {counted(strategy.days_supply_override, 'day')}, whatever is recorded."
    yield f"A person leaves at the end of continuous exposure to {drug} (drug or source concept), at the latest at the end of observation."
    yield f"Exposures at most {counted(strategy.gap_days, 'day')} apart are continuous. {lasts}"
    yield f"{counted(strategy.offset, 'day')} are added to the end of each exposure." if strategy.offset else "No days are added."


def _eras(expression: CohortExpression, _speaker: Speaker) -> Iterator[str]:
    pad = expression.collapse_settings.era_pad
    yield from ("## Cohort eras", "")
    yield (
        f"A person's entries that are at most {counted(pad, 'day')} apart become one."
        if pad
        else "A person's entries that touch become one."
    )
    if expression.censor_window is not None:
        yield f"Time in the cohort is cut to the period {phrases.period(expression.censor_window)}; what lies wholly outside is dropped."


def _sets(concept_sets: tuple[ConceptSet, ...]) -> Iterator[str]:
    yield from ("## Concept sets", "")
    for concept_set in concept_sets:
        yield from (f"### {concept_set.id}. {plain(concept_set.name) or 'Concept set without a name'}", "")
        if concept_set.items:
            yield from ("| Concept | Name | Code | Takes |", "|---|---|---|---|", *(_row(item) for item in concept_set.items))
        else:
            yield "No concepts."
        yield ""


def _row(item: ConceptSetItem) -> str:
    concept = item.concept
    code = " ".join(part for part in (concept.vocabulary_id, concept.concept_code) if part)
    takes = ["left out: the concept" if item.is_excluded else "the concept"]
    takes += ["its descendants"] if item.include_descendants else []
    takes += ["what is mapped to them"] if item.include_mapped else []
    return f"| {concept.concept_id} | {plain(concept.concept_name or '')} | {plain(code)} | {', '.join(takes)} |"


def _rest(expression: CohortExpression) -> Iterator[str]:
    if expression.cdm_version_range:
        yield from ("## Notes", "", f"Written for CDM {plain(expression.cdm_version_range)}.", "")
    if expression.unknown:
        yield from ("## Not understood", "", "These keys are kept, and change nothing:", "")
        yield from (f"- {plain(path_of((*unknown.place, unknown.key)))}" for unknown in expression.unknown)
