"""RECORD (Benchimol and others, PLoS Med 2015;12:e1001885) and RECORD-PE (Langan and others, BMJ 2018;363:k3532), in our own words."""

from __future__ import annotations

from equipoise.report.checklists import places as at
from equipoise.report.checklists.item import Checklist, Item

RECORD_PE = Checklist(
    "record-pe",
    "RECORD and RECORD-PE",
    "Benchimol and others, PLoS Med 2015;12:e1001885; Langan and others, BMJ 2018;363:k3532",
    "What these standards add to STROBE, in our own words. Not all numbers were compared with the published form, which decides.",
    (
        (
            "RECORD: title, methods",
            (
                Item("1.1", "Type of data, and names of the databases", (at.SITES,), "names of the databases, in the title or abstract"),
                Item("1.2", "Region and time", (at.PROTOCOL,), "the region"),
                Item("1.3", "Linkage between databases", (), "whether records were linked, and how"),
                Item("6.1", "Codes or algorithms that selected the population", (at.PROTOCOL, at.CODE_LISTS)),
                Item("6.2", "Validation of those codes", (), "studies of their validity"),
                Item("6.3", "Linkage as a flow diagram", (), "numbers at each stage of linkage, where records were linked"),
                Item("7.1", "Full lists of codes for exposures, outcomes, confounders", (at.CODE_LISTS, at.CODES)),
                Item("12.1", "Access of the investigators to the databases", (at.SITES,), "who could see what"),
                Item("12.2", "Cleaning of the data", (at.PROTOCOL,), "what the sites did before"),
                Item("12.3", "Level and quality of linkage", (), "person, institution or other, and its quality"),
            ),
        ),
        (
            "RECORD: results, discussion, other",
            (
                Item("13.1", "Selection of the persons in detail, with exclusions for quality of data", (at.FLOW, at.SITES)),
                Item(
                    "19.1",
                    "Data not made for research: misclassification, unmeasured confounding, missing data, changing eligibility",
                    (at.NOTES,),
                    "what they mean here",
                ),
                Item("22.1", "Where protocol, data and code can be had", (at.STUDY, at.RERUN, at.PROTOCOL), "where they are deposited"),
            ),
        ),
        (
            "RECORD-PE",
            (
                Item("4.a", "Features of the design, and all designs if several", (at.DESIGN, at.PROTOCOL)),
                Item("4.b", "A diagram of the design", (at.DESIGN,)),
                Item("6.1.a", "Order of the criteria in relation to the index date", (at.FLOW, at.PROTOCOL)),
                Item("7.1.a", "How exposure is defined", (at.PROTOCOL, at.DESIGN)),
                Item("7.1.b", "Windows of exposure and of risk", (at.DESIGN, at.PROTOCOL)),
                Item("7.1.c", "How far the source can show exposure", (at.CODES, at.SITES), "what is given and not recorded"),
                Item("7.1.d", "Comparator and why it was chosen", (at.PROTOCOL,), "why"),
                Item("7.1.e", "When outcomes and confounders are looked at", (at.DESIGN, at.PROTOCOL)),
                Item("8.a", "The health-care system and how prescribing and procedures are recorded"),
                Item("12.1.a", "Methods against confounding", (at.PROTOCOL, at.MODEL, at.BALANCE)),
                Item("12.1.b", "Methods for the chosen risk windows and censoring", (at.DESIGN, at.PROTOCOL)),
                Item("19.1.a", "Whether the databases can answer the question", (at.NOTES, at.CODES), "the judgement"),
                Item(
                    "20.a",
                    "Other explanations: confounding by indication, by contraindication, by severity",
                    (at.NOTES, at.BALANCE),
                    "the judgement",
                ),
            ),
        ),
    ),
)
