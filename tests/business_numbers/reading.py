"""A payload file → facts, as ingest reads it."""

from pathlib import Path

from business_numbers import instagram, parsing
from business_numbers.parsing import Fact

PAYLOADS = Path(__file__).parents[1] / "payloads"


def names() -> list[str]:
    return sorted(path.stem for path in PAYLOADS.glob("*.json"))


def facts_of(name: str) -> list[Fact]:
    reader = instagram if name.startswith("instagram_") else parsing
    data = parsing.load((PAYLOADS / f"{name}.json").read_bytes())
    return [fact for update in reader.split(data) for fact in reader.read(update)]


def fact_of(name: str) -> Fact:
    (fact,) = facts_of(name)
    return fact
