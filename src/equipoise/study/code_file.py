"""Code lists: a CSV with one code a row, each in a named set. Every bad row is reported with its own file and line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from equipoise.kernel.errors import ErrorKind, Problem, Where, closest
from equipoise.study.errors import BAD_CODE_ROW, CODE_FILE_COLUMNS, CODE_FILE_UNREADABLE, UNKNOWN_MATCH, UNKNOWN_VOCABULARY
from equipoise.study.model import Code

LARGEST_FILE = 50_000_000
MATCHES = ("exact", "prefix", "omop_descendants")
VOCABULARIES = frozenset(
    [
        *("ICD10CM", "ICD10", "ICD10PCS", "ICD10GM", "ICD10CN", "ICD9CM", "ICD9Proc", "ICD9ProcCN", "ICDO3", "CIM10", "KCD7"),
        *("SNOMED", "SNOMED Veterinary", "Nebraska Lexicon", "Read", "OPCS4", "OXMIS", "MedDRA", "MeSH", "HPO", "OPS", "CCAM", "NHS ICD10"),
        *(
            "RxNorm",
            "RxNorm Extension",
            "NDC",
            "ATC",
            "CVX",
            "SPL",
            "VANDF",
            "NDFRT",
            "dm+d",
            "AMT",
            "BDPM",
            "DPD",
            "GGR",
            "JMDC",
            "HemOnc",
        ),
        *("LOINC", "UCUM", "CPT4", "HCPCS", "APC", "DRG", "MS-DRG", "Revenue Code", "CDT", "EDI", "NAACCR", "Cancer Modifier", "CAP"),
        *("OMOP Extension", "OMOP Genomic", "CIEL", "PPI", "UK Biobank", "Condition Type", "Visit", "Type Concept", "None"),
        *("Gender", "Race", "Ethnicity", "CMS Place of Service", "ABMS", "Medicare Specialty", "NUCC", "Provider", "Supplier", "Episode"),
        *("SUS", "TNM", "ClinVar", "CGI", "CIViC", "JAX", "NCIt", "OncoKB", "OncoTree", "HGNC", "Korean Revenue Code", "LOINC Hierarchy"),
    ]
)
"""Names of vocabularies in OMOP's VOCABULARY table; capitals count."""
_ALIASES = {"set": "set_id", "omop_concept_id": "concept_id"}


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with the set it belongs to. `support` rows count only where a study asks for them."""

    set_id: str
    code: Code
    support: bool


@dataclass(slots=True)
class CodeList:
    """A code file after reading. `readable` is False when no row could be reached."""

    file: Path
    rows: list[CodeRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    readable: bool = True
    seen: set[str] = field(default_factory=set)
    """Every set named in the file, those of bad rows too."""

    def report(self, kind: ErrorKind, what: str, line: int | None = None, column: str | None = None, near: str | None = None) -> None:
        """Note a problem of this file."""
        self.problems.append(Problem(kind, what, Where(file=self.file, line=line, column=column), near))


def read_code_file(path: Path) -> CodeList:
    """Read a code file; problems are collected, not raised."""
    found = CodeList(path)
    text = _text(path, found)
    if text is None:
        found.readable = False
        return found
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        columns = _columns(header, found)
        if columns is None:
            found.readable = False
            return found
        for cells in lines:
            if any(cell.strip() for cell in cells):
                _read_row({name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}, lines.line_num, found)
    except csv.Error as error:
        found.report(BAD_CODE_ROW, f"not CSV from here on: {error}", lines.line_num)
    return found


def _text(path: Path, found: CodeList) -> str | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            found.report(CODE_FILE_UNREADABLE, f"the code file is larger than {LARGEST_FILE} bytes")
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        found.report(CODE_FILE_UNREADABLE, "the code file is not UTF-8 text")
    except FileNotFoundError:
        near = closest(path.name, [other.name for other in path.parent.glob("*.csv")]) if path.parent.is_dir() else None
        found.report(CODE_FILE_UNREADABLE, f"there is no code file `{path.name}` in that folder", near=near)
    except (OSError, ValueError):
        found.report(CODE_FILE_UNREADABLE, f"the code file `{path.name[:80]}` cannot be opened")
    return None


def _columns(header: list[str], found: CodeList) -> dict[str, int] | None:
    columns: dict[str, int] = {}
    for at, name in enumerate(header):
        columns.setdefault(_ALIASES.get(name, name), at)
    missing = [name for name in ("set_id", "vocabulary", "code", "match") if name not in columns]
    for name in missing:
        found.report(CODE_FILE_COLUMNS, f"there is no column `{name}`", 1, name, closest(name, header))
    return None if missing else columns


def _read_row(row: dict[str, str], line: int, found: CodeList) -> None:
    before = len(found.problems)
    set_id, vocabulary, match = row["set_id"], row["vocabulary"], row["match"]
    if set_id:
        found.seen.add(set_id)
    else:
        found.report(BAD_CODE_ROW, "the row names no set", line, "set_id")
    concept = _concept_id(row.get("concept_id", ""), line, found)
    if not row["code"] and not row.get("concept_id"):
        found.report(BAD_CODE_ROW, "the row has neither a code nor a concept id", line, "code")
    if vocabulary not in VOCABULARIES:
        near = next((known for known in VOCABULARIES if known.lower() == vocabulary.lower()), closest(vocabulary, sorted(VOCABULARIES)))
        found.report(UNKNOWN_VOCABULARY, f"there is no vocabulary `{vocabulary[:40]}`", line, "vocabulary", near)
    if match not in MATCHES:
        near = closest(match.lower().replace(" ", "_"), MATCHES)
        found.report(UNKNOWN_MATCH, f"there is no match rule `{match[:40]}`", line, "match", near)
    elif match == "prefix" and not row["code"]:
        found.report(BAD_CODE_ROW, "a prefix needs a code", line, "code")
    if len(found.problems) == before:
        rule = cast(Literal["exact", "prefix", "omop_descendants"], match)
        code = Code(vocabulary=vocabulary, code=row["code"], match=rule, concept_id=concept, description=row.get("description", ""))
        found.rows.append(CodeRow(set_id, code, row.get("role", "").lower() == "support"))


def _concept_id(text: str, line: int, found: CodeList) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) < 2**31:
        return int(text)
    found.report(BAD_CODE_ROW, "the concept id is not a positive whole number", line, "concept_id")
    return None
