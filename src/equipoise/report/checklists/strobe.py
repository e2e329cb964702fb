"""STROBE for cohort studies (von Elm and others, Lancet 2007;370:1453), items in our own words."""

from __future__ import annotations

from equipoise.report.checklists import places as at
from equipoise.report.checklists.item import Checklist, Item

STROBE = Checklist(
    "strobe",
    "STROBE, cohort studies",
    "von Elm and others, Lancet 2007;370:1453",
    "Items in our own words; the published form decides.",
    (
        (
            "Title and abstract",
            (
                Item("1a", "The design is named in the title or abstract", (at.SUMMARY,), "the title"),
                Item("1b", "An informative abstract", (at.SUMMARY, at.KEY), "its words around the numbers"),
            ),
        ),
        (
            "Introduction",
            (
                Item("2", "Background and reasons for the study"),
                Item("3", "Objectives and hypotheses", (at.KEY, at.PROTOCOL), "hypotheses stated beforehand"),
            ),
        ),
        (
            "Methods",
            (
                Item("4", "Design, early in the paper", (at.DESIGN, at.PROTOCOL)),
                Item(
                    "5",
                    "Setting, places, dates of recruitment, exposure, follow-up and data collection",
                    (at.PROTOCOL, at.SITES),
                    "what the sites are",
                ),
                Item("6a", "Eligibility, sources, selection, follow-up", (at.PROTOCOL, at.DESIGN)),
                Item("6b", "Matching: criteria and numbers", (at.PROTOCOL, at.TABLE_1)),
                Item("7", "Outcomes, exposures, predictors, confounders, effect modifiers defined", (at.PROTOCOL, at.CODE_LISTS)),
                Item(
                    "8",
                    "Source of data and method of measurement for each variable, alike in both arms",
                    (at.PROTOCOL, at.CODES),
                    "how records come about at the sites",
                ),
                Item("9", "Efforts against bias", (at.DESIGN, at.NOTES, at.BALANCE)),
                Item("10", "How the study size was arrived at", (at.FLOW,), "the precision that was sought"),
                Item("11", "How quantitative variables were handled", (at.PROTOCOL,)),
                Item("12a", "Statistical methods, confounding included", (at.PROTOCOL, at.MODEL)),
                Item("12b", "Subgroups and interactions", (at.PROTOCOL, at.PARTS, at.COMBINATION)),
                Item("12c", "Missing data", (at.PROTOCOL,), "why they are missing"),
                Item("12d", "Loss to follow-up", (at.PROTOCOL,)),
                Item("12e", "Sensitivity analyses", (at.SENSITIVITY_ANALYSES, at.RATIOS)),
            ),
        ),
        (
            "Results",
            (
                Item("13a", "Numbers at each stage", (at.FLOW,)),
                Item("13b", "Reasons for leaving at each stage", (at.FLOW,)),
                Item("13c", "A flow diagram", (at.FLOW,)),
                Item("14a", "Characteristics of the participants", (at.TABLE_1,)),
                Item("14b", "Numbers with missing data", (), "how many have no value, of each covariate"),
                Item("14c", "Follow-up time", (at.SURVIVAL, at.ESTIMATES)),
                Item("15", "Numbers of outcome events or summaries over time", (at.ESTIMATES, at.SURVIVAL, at.EVENTS)),
                Item("16a", "Unadjusted and adjusted estimates with their precision", (at.KEY, at.RATIOS)),
                Item("16b", "Boundaries of categories", (at.PROTOCOL, at.TABLE_1)),
                Item("16c", "Absolute risks beside relative ones", (at.SURVIVAL, at.EVENTS)),
                Item("17", "Other analyses", (at.PARTS, at.COMBINATION, at.SENSITIVITY_ANALYSES, at.LABS, at.ESTIMATES)),
            ),
        ),
        (
            "Discussion",
            (
                Item("18", "Key results against the objectives", (at.KEY,), "their meaning"),
                Item("19", "Limitations, bias and imprecision", (at.NOTES,), "direction and size of bias that no check can see"),
                Item("20", "A cautious interpretation"),
                Item("21", "Generalisability"),
            ),
        ),
        ("Other", (Item("22", "Funding and the funders' part"),)),
    ),
)
