"""The reference page of the study grammar, written from its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from equipoise.study.errors import ALL_KINDS
from equipoise.study.grammar.cohort import ARM_SETS, FOLLOW_PHRASE, INDEX, PERIOD
from equipoise.study.grammar.covariates import COVARIATE_PHRASE
from equipoise.study.grammar.criteria import HOW_MANY, PERSON_PHRASES
from equipoise.study.grammar.outcomes import OUTCOME_PHRASE
from equipoise.study.grammar.set_phrases import SET_CLAUSES
from equipoise.study.grammar.shapes.phrases import Clause, Sentence
from equipoise.study.grammar.shapes.windows import DURATIONS
from equipoise.study.schema import study_schema

_INTRODUCTION = """# The study file

*This page is written by the program from the definitions that read the file. Do not edit it.*

A study is one YAML file and the code lists that it names. Windows are days from the index date, both ends included: `[-365, 0]` is the
year up to the index day and that day. Months have 365.25/12 days: 12, 24 and 36 months are 365, 731 and 1096 days.
`equipoise schema` writes the JSON Schema of the file for editors; phrases and names are checked when a study is read.
"""
_SENTENCES: tuple[tuple[str, Sentence[Any]], ...] = (
    ("Period", PERIOD),
    ("Index event", INDEX),
    ("Arms", ARM_SETS),
    ("Criteria about the person", PERSON_PHRASES),
    ("Numbers, in long forms", HOW_MANY),
    ("Follow-up", FOLLOW_PHRASE),
    ("Outcomes", OUTCOME_PHRASE),
    ("Covariates", COVARIATE_PHRASE),
    ("Lengths of time", DURATIONS),
)


def study_reference() -> str:
    """The page as Markdown."""
    schema = study_schema()
    parts = [_INTRODUCTION, "## Keys\n", *_keys(schema)]
    for block, title in (("outcomes", "An outcome"), ("covariates", "A covariate")):
        parts += [f"### {title} in its long form\n", *_long_forms(_properties(schema)[block]["additionalProperties"])]
    parts += ["### A criterion in its long form\n", *_long_forms(_record(schema["$defs"])["criterion"])]
    parts += ["## Phrases\n", "Capitals do not matter. ≥ and ≤ may be written for >= and <=.\n"]
    for title, sentence in _SENTENCES:
        parts += [f"### {title}\n", *_table([(form.example, form.says) for form in sentence.forms])]
    parts += ["### Criteria on a code set\n", "Parts stand in any order, with commas between.\n", *_clauses(SET_CLAUSES)]
    parts += [_CODE_FILE, "## Errors\n", *_errors()]
    return "\n".join(parts).rstrip() + "\n"


_CODE_FILE = """## Code files

CSV in UTF-8 with a first line of column names. One row is one code.

| column | what |
|---|---|
| `set_id` (or `set`) | the set that the code belongs to |
| `vocabulary` | the vocabulary_id of OMOP, such as ICD10CM |
| `code` | the code as that vocabulary writes it; may be empty where `concept_id` is given |
| `match` | `exact`; `prefix` (dots do not count); `omop_descendants` (the concept and all below it) |
| `concept_id` (or `omop_concept_id`) | optional: used where the code is empty or not in a site's vocabulary |
| `description` | optional, for readers |
| `role` | optional: rows that say `support` count only for sets named under `support rows` |
"""


def _record(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _properties(schema: dict[str, object]) -> dict[str, Any]:
    return _record(schema["properties"])


def _keys(schema: dict[str, object]) -> Iterator[str]:
    required = schema["required"]
    for key, value in _properties(schema).items():
        yield f"### `{key}`\n"
        need = "Required." if isinstance(required, list) and key in required else "Optional."
        yield f"{value.get('description', '')} {need}\n"
        if examples := value.get("examples"):
            yield f"```yaml\n{key}: {_flow(examples[0])}\n```\n"
        inner = value.get("properties") or next((option["properties"] for option in value.get("anyOf", []) if "properties" in option), None)
        if inner:
            yield from _field_table(inner)
            for name, field in inner.items():
                if "properties" in field:
                    yield f"Under `{name}`:\n"
                    yield from _field_table(field["properties"])


def _long_forms(shape: dict[str, Any]) -> Iterator[str]:
    for option in shape["anyOf"]:
        if head := option.get("required"):
            yield f"**`{head[0]}`** {option.get('description', '')}\n"
            yield from _field_table(option["properties"])


def _field_table(fields: dict[str, Any]) -> Iterator[str]:
    yield "| key | what | default | example |\n|---|---|---|---|"
    for key, field in fields.items():
        default = f"`{_flow(field['default'])}`" if "default" in field else ""
        example = f"`{_flow(field['examples'][0])}`" if field.get("examples") else ""
        yield f"| `{key}` | {field.get('description', '')}{_words(field)} | {default} | {example} |"
    yield ""


def _words(field: dict[str, Any]) -> str:
    words = field.get("enum") or _record(field.get("items")).get("enum")
    return f" One of {', '.join(f'`{word}`' for word in words)}." if words else ""


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    yield "| phrase | what it says |\n|---|---|"
    yield from (f"| `{example}` | {says} |" for example, says in rows)
    yield ""


def _clauses(clauses: tuple[Clause, ...]) -> Iterator[str]:
    return _table([(clause.example, clause.says) for clause in clauses])


def _errors() -> Iterator[str]:
    yield "| code | what | why | what to do |\n|---|---|---|---|"
    yield from (f"| {kind.code} | {kind.title} | {kind.why} | {kind.remedy} |" for kind in ALL_KINDS)
    yield ""


def _flow(value: object) -> str:
    """A value as it stands in YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return value if isinstance(value, str) else json.dumps(value)
