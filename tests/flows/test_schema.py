"""The published format is the one that is read."""

import json

from flows.nodes import NODES, TRIGGERS
from flows.schema import schema
from flows.shapes import SHAPES, TRIGGER_SHAPES
from tests.source import ROOT


def test_the_published_schema_is_the_one_the_reader_uses():
    published = (ROOT / "docs" / "flow.schema.json").read_text()

    assert json.loads(published) == schema()


def test_every_kind_says_what_it_holds():
    assert NODES.keys() == SHAPES.keys()
    assert TRIGGERS.keys() == TRIGGER_SHAPES.keys()
