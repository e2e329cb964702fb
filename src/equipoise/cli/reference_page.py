"""The reference page of the commands, from the commands' own help."""

from __future__ import annotations

import re

import typer
from typer.testing import CliRunner

from equipoise.cli.main import app


def command_reference() -> str:
    """`docs/reference/commands.md`: the help of each command, as a terminal of 100 columns without colour shows it."""
    names = sorted(str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands)
    lines = ["# Commands", "", "Generated from the code.", "", str(app.info.epilog or ""), ""]
    for name in names:
        lines += [f"## equipoise {name}", "", "```text", help_text(app, name), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def help_text(application: typer.Typer, name: str) -> str:
    """The text of `--help`, trailing spaces removed."""
    settings = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100", "TERMINAL_WIDTH": "100"}
    shown = CliRunner().invoke(application, [name, "--help"], env=settings, prog_name="equipoise").output
    return re.sub(r"[ \t]+$", "", re.sub(r"\x1b\[[0-9;]*m", "", shown), flags=re.MULTILINE).strip()
