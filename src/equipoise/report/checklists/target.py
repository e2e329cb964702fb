"""TARGET, for studies that emulate a target trial (Cashin and others, BMJ 2025;390:e087179), headings in our own words."""

from __future__ import annotations

from equipoise.report.checklists import places as at
from equipoise.report.checklists.item import Checklist, Item

_COMPONENTS = (
    "eligibility",
    "treatment strategies",
    "assignment",
    "time zero and follow-up",
    "outcomes",
    "causal contrast",
    "identifying assumptions",
    "analysis plan",
)

TARGET = Checklist(
    "target",
    "TARGET, emulation of a target trial",
    "Cashin and others, BMJ 2025, doi 10.1136/bmj-2025-087179",
    "Headings in our own words and without the published numbers, which were not compared with the form: take them from there.",
    (
        (
            "Abstract",
            (
                Item("", "Said to be an emulation of a target trial", (at.SUMMARY,)),
                Item("", "Data sources", (at.SUMMARY,), "their names"),
                Item("", "Summary of methods and findings", (at.SUMMARY, at.KEY)),
            ),
        ),
        (
            "Introduction",
            (
                Item("", "Background"),
                Item("", "The causal question, and why a target trial is emulated", (at.KEY, at.PROTOCOL), "why a trial was not done"),
            ),
        ),
        (
            "Methods: data",
            (Item("", "Sources of data, what they were made for, whether they are fit", (at.SITES, at.CODES), "whether they are fit"),),
        ),
        ("Methods: the target trial specified", tuple(Item("", f"Target trial: {part}", (at.DESIGN, at.PROTOCOL)) for part in _COMPONENTS)),
        ("Methods: mapped to the data", tuple(Item("", f"Emulation: {part}", (at.DESIGN, at.PROTOCOL)) for part in _COMPONENTS)),
        ("Methods: more", (Item("", "Sensitivity and other additional analyses", (at.PROTOCOL, at.SENSITIVITY_ANALYSES, at.ESTIMATES)),)),
        (
            "Results",
            (
                Item("", "Selection of participants, with numbers", (at.FLOW,)),
                Item("", "Baseline characteristics by strategy", (at.TABLE_1, at.BALANCE)),
                Item("", "Length of follow-up and reasons for its end", (at.SURVIVAL, at.ESTIMATES), "how many left for which reason"),
                Item("", "Missing data", (), "how many have no value, of each covariate"),
                Item("", "Outcomes by strategy", (at.ESTIMATES, at.SURVIVAL)),
                Item("", "Effects, absolute and relative, with precision", (at.KEY, at.RATIOS)),
                Item("", "Additional analyses", (at.PARTS, at.COMBINATION, at.SENSITIVITY_ANALYSES, at.LABS, at.ESTIMATES)),
            ),
        ),
        (
            "Discussion",
            (
                Item("", "Interpretation, in view of the assumptions"),
                Item(
                    "",
                    "Limitations: assumptions, and departures of the emulation from the target trial",
                    (at.NOTES,),
                    "what they mean here",
                ),
            ),
        ),
        (
            "Other",
            (
                Item("", "Ethics approval"),
                Item("", "Registration and protocol", (at.PROTOCOL, at.STUDY), "the registration"),
                Item("", "Availability of data and code", (at.RERUN, at.STUDY), "where they are deposited"),
                Item("", "Funding"),
                Item("", "Competing interests"),
            ),
        ),
    ),
)
