"""How well the tests hold the policy and the outbound rules: each small change of the code (a mutant) should make a test fail.

mutmut makes and runs the mutants; it lives in a folder of its own, never in the product's environment, and works on a copy of the
tree. It changes the bodies of functions only: no tables and expressions at the top of a module, nothing under a decorator.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("agent", "evals", "mail", "prompts", "review", "store", "tools", "tests")
LEAST = 90
_OUR_POLICY = ("tests/unit/test_policy.py", "tests/unit/test_policy_mutants.py")
_OUR_LEVELS = ("tests/unit/test_autonomy.py", "tests/unit/test_policy_mutants.py")
_RULES = tuple(
    f"tests/unit/rules/test_{n}.py"
    for n in (
        "alone",
        "mutants",
        "mutants_approvals",
        "mutants_grounding",
        "mutants_standing",
        "mutants_time",
        "mutants_words",
    )
)

#: Each file, the tests that hold it, and which of them (as pytest's -k).
SCOPE: dict[str, tuple[tuple[str, ...], str]] = {
    "agent/policy.py": (_OUR_POLICY, ""),
    "tools/autonomy.py": (_OUR_LEVELS, "not explained and not more_never"),
    "tools/approval.py": (_OUR_LEVELS, "not explained"),
    "tools/windows.py": (("tests/unit/test_windows.py", "tests/unit/test_policy_mutants.py"), ""),
    "agent/rules/recipients.py": (_RULES, "R-RCP or R-GND or test_mutants"),
    "agent/rules/grounding.py": (_RULES, "R-GND or test_mutants"),
    "agent/rules/standing.py": (_RULES, "R-STA or test_mutants"),
    "agent/rules/timing.py": (_RULES, "R-TIM or test_mutants"),
    "agent/rules/loops.py": (_RULES, "test_mutants"),
    "agent/rules/approvals.py": (_RULES, "R-APR or R-GND or test_mutants"),
    "agent/rules/invention.py": (_RULES, "R-GND or R-PRO or test_mutants"),
    "agent/rules/prohibited.py": (_RULES, "R-PRO or R-LEN or test_mutants"),
}
_CONFIG = """
[tool.mutmut]
source_paths = [{sources}]
only_mutate = ["{file}"]
also_copy = ["tests/", "docs/", "evals/", "README.md"]
pytest_add_cli_args = ["-n0", "--hypothesis-profile=ci"]
pytest_add_cli_args_test_selection = {selection}
track_dependencies = false
use_git_change_detection = false
timeout_constant = 30.0
"""
_START = "import sys; sys.path.append(sys.argv.pop(1)); from mutmut.__main__ import cli; cli()"


@dataclass
class Count:
    """What became of the mutants of one file; `words` changed nothing but a sentence for people and are counted nowhere else."""

    killed: int = 0
    slow: int = 0
    uncovered: int = 0
    words: int = 0
    other: int = 0
    survived: list[str] = field(default_factory=list)

    @property
    def made(self) -> int:
        """How many changed what the code does."""
        return self.killed + self.slow + self.uncovered + self.other + len(self.survived)

    @property
    def share(self) -> float:
        """Per cent that a test noticed; one that never ended counts as noticed, one that nothing ran does not."""
        return 100 * (self.killed + self.slow) / self.made if self.made else 100.0


def copy_tree(source: Path, work: Path) -> None:
    """Copy what the tests need, anew."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in (*PACKAGES, "docs"):
        shutil.copytree(source / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(source / name, work / name)


def run(file: str, *, work: Path, tool: Path, children: int) -> Count:
    """Make and run the mutants of one file. Raises RuntimeError where the tests fail without any mutant."""
    tests, which = SCOPE[file]
    selection = [test for test in tests if (work / test).exists()] + (["-k", which] if which else [])
    config = work / "pyproject.toml"
    plain = config.read_text("utf-8").split("\n[tool.mutmut]")[0]
    sources = ", ".join(f'"{name}"' for name in PACKAGES if name not in ("tests", "evals"))
    config.write_text(
        plain + _CONFIG.format(sources=sources, file=file, selection=json.dumps(selection)), encoding="utf-8"
    )
    shutil.rmtree(work / "mutants", ignore_errors=True)
    command = [sys.executable, "-c", _START, str(tool), "run", "--max-children", str(children)]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    meta = work / "mutants" / f"{file}.meta"
    codes = json.loads(meta.read_text("utf-8"))["exit_code_by_key"] if meta.exists() else {}
    if not codes or all(code is None for code in codes.values()):
        raise RuntimeError(f"{file}: mutmut ran no mutant.\n{done.stdout[-3000:]}\n{done.stderr[-2000:]}")
    return count(codes, (work / "mutants" / file).read_text("utf-8"))


def count(codes: dict[str, int | None], mutated: str) -> Count:
    """Sort mutants by the exit code of their tests: 1 and 3 failed, 0 passed, 33 none ran it, 36 and the signals ran too long."""
    functions = {node.name: node for node in ast.walk(ast.parse(mutated)) if isinstance(node, ast.FunctionDef)}
    result = Count()
    for key, code in codes.items():
        name = key.rpartition(".")[2]
        before, after = functions[name.rpartition("__mutmut_")[0] + "__mutmut_orig"], functions[name]
        if _said(before) == _said(after):
            result.words += 1
        elif code in (1, 3):
            result.killed += 1
        elif code in (24, -24, 36, 152, 255):
            result.slow += 1
        elif code == 33:
            result.uncovered += 1
        elif code == 0:
            result.survived.append(f"{name}\n{_difference(before, after)}")
        else:
            result.other += 1
    return result


def _said(function: ast.FunctionDef) -> str:
    """Write a function down without its name and without the sentences that people read: strings with a blank in them."""
    copy = ast.parse(ast.unparse(function))
    for node in ast.walk(copy):
        if isinstance(node, ast.FunctionDef):
            node.name = "f"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            node.value = "sentence"
    return ast.dump(copy)


def _difference(before: ast.FunctionDef, after: ast.FunctionDef) -> str:
    old, new = (ast.unparse(one).replace(one.name, "f").splitlines() for one in (before, after))
    changed = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
    return "\n".join(line for line in changed if not line.startswith("@@"))


def table(results: dict[str, Count]) -> Iterator[str]:
    """Give the lines of the table."""
    yield f"{'file':<28}{'made':>6}{'killed':>8}{'timeout':>9}{'survived':>10}{'not run':>9}{'share':>9}{'(words)':>9}"
    for name, one in results.items():
        missed = one.uncovered + one.other
        yield f"{name:<28}{one.made:>6}{one.killed:>8}{one.slow:>9}{len(one.survived):>10}{missed:>9}{one.share:>8.1f}%{one.words:>9}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scope, or the files that are named; fail below the share that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(SCOPE))
    parser.add_argument("--work", type=Path, required=True, help="folder for the copy of the tree; emptied first")
    parser.add_argument("--tool", type=Path, required=True, help="folder that mutmut was installed into")
    parser.add_argument("--children", type=int, default=2)
    asked = parser.parse_args(arguments)
    copy_tree(Path(__file__).resolve().parent.parent, asked.work)
    results: dict[str, Count] = {}
    for file in asked.files:
        results[file] = run(file, work=asked.work.resolve(), tool=asked.tool.resolve(), children=asked.children)
        print(*(f"{file}: {text}\n" for text in results[file].survived), sep="\n", flush=True)
        print(list(table({file: results[file]}))[-1], flush=True)
    print("", *table(results), sep="\n")
    return int(any(one.share < LEAST for one in results.values()))


if __name__ == "__main__":
    sys.exit(main())
