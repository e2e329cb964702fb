"""The size budget: short files, short functions, few arguments, small folders. Prints each offender and how to mend it."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "equipoise"
FILE_MEDIAN, FILE_P95, FILE_STOP = 150, 400, 600
FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_STOP = 8, 40, 60
FOLDER_STOP, POSITIONAL_STOP = 12, 5


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body, its docstring and nested functions' signatures included only once."""
    body = node.body
    is_doc = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)
    body = body[1:] if is_doc else body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
    return len([name for name in names if name not in ("self", "cls")])


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0


def measure() -> tuple[list[tuple[Path, int]], list[tuple[str, int, int, bool]]]:
    files, functions = [], []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if text.strip():
            files.append((path, text.count("\n")))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                command = any("command" in ast.dump(decorator) for decorator in node.decorator_list)
                functions.append((f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", code_lines(node), positional(node), command))
    return files, functions


def offenders() -> list[str]:
    files, functions = measure()
    found = [f"{p.relative_to(SOURCE)} has {n} lines (stop at {FILE_STOP}): split it by subject" for p, n in files if n > FILE_STOP]
    found += [f"{name} has {n} lines (stop at {FUNCTION_STOP}): name its parts" for name, n, _, _ in functions if n > FUNCTION_STOP]
    found += [
        f"{name} takes {n} positional arguments (stop at {POSITIONAL_STOP}): make a settings object or keyword-only arguments"
        for name, _, n, command in functions
        if n > POSITIONAL_STOP and not command
    ]
    for folder in sorted({path.parent for path, _ in files}):
        count = len([path for path in folder.glob("*.py") if path.name != "__init__.py"])
        if count > FOLDER_STOP:
            found.append(f"{folder.relative_to(SOURCE)}/ has {count} files (stop at {FOLDER_STOP}): make sub-folders")
    lengths, bodies = [n for _, n in files], [n for _, n, _, _ in functions]
    for what, value, limit in [
        ("median file", statistics.median(lengths), FILE_MEDIAN),
        ("95th percentile of files", percentile(lengths, 0.95), FILE_P95),
        ("median function", statistics.median(bodies), FUNCTION_MEDIAN),
        ("95th percentile of functions", percentile(bodies, 0.95), FUNCTION_P95),
    ]:
        print(f"{what}: {value} lines (budget {limit})")
        if value > limit:
            found.append(f"{what} is {value} lines, over {limit}")
    return found


def main() -> int:
    found = offenders()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
