"""The reference page of the commands, from the commands themselves."""

from __future__ import annotations

import click
import typer

from equipoise.cli.main import app


def command_reference() -> str:
    """`docs/reference/commands.md`: each command with its arguments, options and defaults."""
    root = typer.main.get_command(app)
    lines = ["# Commands", "", "Generated from the code.", "", root.epilog or "", ""]
    if isinstance(root, click.Group):
        for name in sorted(root.commands):
            lines += section(name, root.commands[name])
    return "\n".join(lines).rstrip() + "\n"


def section(name: str, command: click.Command) -> list[str]:
    """One command."""
    context = click.Context(command, info_name=f"equipoise {name}")
    rows = [row for parameter in command.params if (row := described(parameter, context))]
    table = ["| argument or option | meaning |", "|---|---|", *rows, ""] if rows else []
    return [f"## equipoise {name}", "", command.help or "", "", *table]


def described(parameter: click.Parameter, context: click.Context) -> str | None:
    """One row of the table."""
    record = parameter.get_help_record(context)
    if record is None:
        return f"| `{parameter.make_metavar(context)}` | {getattr(parameter, 'help', None) or ''} |"
    return f"| `{record[0]}` | {record[1].replace('|', chr(92) + '|')} |"
