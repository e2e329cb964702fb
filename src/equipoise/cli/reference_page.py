"""The reference page of the commands, from the commands' own help."""

from __future__ import annotations

import re

import typer
from typer.testing import CliRunner

from equipoise.cli.main import app


def command_reference() -> str:
    """`docs/reference/commands.md`: the help of each command, as a terminal of 100 columns without colour shows it."""
    lines = ["# Commands", "", "Generated from the code.", "", str(app.info.epilog or ""), ""]
    for words in sorted(command_names(app)):
        lines += [f"## equipoise {' '.join(words)}", "", "```text", help_text(app, words), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def command_names(application: typer.Typer) -> list[tuple[str, ...]]:
    """The words that call each command, those of groups included."""
    own = [(str(command.name or getattr(command.callback, "__name__", "")),) for command in application.registered_commands]
    groups = [
        (str(group.typer_instance.info.name), group.typer_instance) for group in application.registered_groups if group.typer_instance
    ]
    return [*own, *((name, *rest) for name, group in groups for rest in command_names(group))]


def help_text(application: typer.Typer, words: tuple[str, ...]) -> str:
    """The text of `--help`, trailing spaces removed."""
    settings = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "TERMINAL_WIDTH": "100"}
    shown = CliRunner().invoke(application, [*words, "--help"], env=settings, prog_name="equipoise").output
    return re.sub(r"[ \t]+$", "", re.sub(r"\x1b\[[0-9;]*m", "", shown), flags=re.MULTILINE).strip()
