"""`python -m equipoise`."""

from equipoise.cli.main import run_app

run_app()
