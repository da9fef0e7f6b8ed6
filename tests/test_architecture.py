"""The staircase: each step imports only from lower ones, and the code stays small."""

import ast
import re

import pytest

from tests.source import PACKAGES, ROOT, is_below, product

# The kit, and what of the kit each of its modules may use.
KIT = {
    "converge.fields": (),
    "converge.bulk": (),
    "converge.live": (),
    "converge.logs": (),
    "converge.models": (),
    "converge.heartbeat": (),
    "converge.processes": (),
    "converge.wakeups": (),
    "converge.forms": (),
    "converge.outward": (),
    "converge.csv_files": (),
    "converge.asked": (),
    "converge.clock": ("converge.models",),
    "converge.database": ("converge.database", "converge.processes"),
}
STEPS = ("accounts", "business_numbers", "inbox", "flows", "broadcasts", "reports")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# One door to Meta; the demo also steers the simulator, which is no part of Meta.
SPEAKS_HTTP = {
    "business_numbers.door",  # our own, knocked at as Meta would
    "business_numbers.graph",
    # To anybody but Meta, and to public addresses only.
    "converge.outward",
    "converge.demo_story",
    "converge.management.commands.demo",
}
WIRING = ("converge.urls", "converge.asgi", "converge.settings", "converge.schedule")


def modules(*packages: str):
    return [s for s in product() if is_below(s.name, *packages)]


def imported(sources, is_wrong) -> set[tuple[str, str]]:
    """(module, what it imports) of every import that is wrong."""
    return {(s.name, n) for s in sources for n in s.imports() if is_wrong(n)}


def places(is_wrong) -> list[str]:
    """`file:line` of every piece of the product that is wrong."""
    return [
        f"{source.path.relative_to(ROOT)}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if is_wrong(node)
    ]


@pytest.mark.parametrize("name", KIT)
def test_the_kit_imports_nothing_of_ours(name):
    def is_wrong(n):
        return is_below(n, *PACKAGES) and not is_below(n, *KIT[name])

    assert modules(name)
    assert imported(modules(name), is_wrong) == set()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_imports_only_from_lower_ones(step):
    allowed = (*STEPS[: STEPS.index(step) + 1], *KIT)

    def is_wrong(n):
        return is_below(n, *PACKAGES) and not is_below(n, *allowed)

    assert imported(modules(step), is_wrong) == set()


def test_nobody_imports_the_wiring():
    assert imported(product(), lambda n: is_below(n, *WIRING)) == set()


def test_the_simulator_does_not_know_the_product():
    others = [p for p in PACKAGES if p != "simulator"]

    assert imported(modules("simulator"), lambda n: is_below(n, *others)) == set()


def test_the_product_does_not_know_the_simulator_or_the_tests():
    rest = [s for s in product() if not is_below(s.name, "simulator")]

    # The command that starts the simulator runs it as a program.
    assert imported(rest, lambda n: is_below(n, "simulator", "tests")) == set()


def test_only_the_graph_client_speaks_http():
    speakers = {name for name, _ in imported(product(), lambda n: n == "requests")}

    assert speakers == SPEAKS_HTTP


def test_imports_stand_at_the_top():
    def is_wrong(node):
        return isinstance(node, FUNCTIONS) and any(
            isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)
        )

    assert places(is_wrong) == []


def test_functions_stay_small():
    def is_wrong(node):
        return isinstance(node, FUNCTIONS) and node.end_lineno - node.lineno >= 50

    assert places(is_wrong) == []


def test_files_stay_small():
    assert {s.name for s in product() if s.lines > 400} == set()


def test_files_are_named_for_their_idea():
    drawers = {"utils", "helpers", "common", "services", "manager", "handler", "misc"}

    assert [s.name for s in product() if s.path.stem in drawers] == []


def test_every_module_says_what_it_is():
    plain = ("urls.py", "apps.py", "__init__.py")
    speaking = [s for s in product() if s.tree.body and s.path.name not in plain]

    assert [s.name for s in speaking if not ast.get_docstring(s.tree)] == []


def test_no_error_is_swallowed():
    def is_wrong(node):
        return isinstance(node, ast.ExceptHandler) and _swallows(node)

    assert places(is_wrong) == []


def _swallows(handler: ast.ExceptHandler) -> bool:
    is_broad = handler.type is None or (
        isinstance(handler.type, ast.Name)
        and handler.type.id in ("Exception", "BaseException")
    )
    return handler.type is None or (
        is_broad and all(isinstance(s, ast.Pass | ast.Continue) for s in handler.body)
    )


def test_nothing_listens_to_django_signals():
    def is_wrong(n):
        return "signals" in n.split(".") or n.endswith(".dispatch.receiver")

    assert imported(product(), is_wrong) == set()


def test_only_marks_makes_html_of_text():
    pages = [s for s in product() if not is_below(s.name, "simulator", "inbox.marks")]

    assert imported(pages, lambda n: n.endswith((".mark_safe", ".SafeString"))) == set()


@pytest.mark.parametrize(
    "template",
    sorted((ROOT / "templates").rglob("*.html")),
    ids=lambda p: str(p.relative_to(ROOT / "templates")),
)
def test_templates_escape_everything(template):
    text = template.read_text()

    assert not re.search(r"\|\s*safe\b|autoescape off|\|\s*safeseq\b", text)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", text), "inline handlers break the CSP"
    assert not re.search(r"<[^>]+\sstyle\s*=", text), "inline styles break the CSP"
