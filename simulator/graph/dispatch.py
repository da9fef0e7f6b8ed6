"""A Graph call: version off, faults first, caller known, node found, edge called."""

import inspect
import re
from collections.abc import Awaitable

from simulator.exchange import Manner, Request, Response, answer_json
from simulator.faults import BEFORE_ACCEPTING
from simulator.graph.access import check_reach, check_scope, read_token
from simulator.graph.bare_answers import answer_http_error
from simulator.graph.errors import GraphError, missing_object
from simulator.graph.nodes import find_node
from simulator.graph.routes import EDGES, GLOBALS

VERSION = re.compile(r"^/v\d+\.\d+(?=/)")


def answer_graph(sim, request: Request) -> Response | Awaitable[Response]:
    path = VERSION.sub("", request.path)
    try:
        response = _strike(sim, path) or _call(sim, request, path)
    except GraphError as error:
        response = _write_error(sim, error)
    if inspect.isawaitable(response):
        return _await_answer(sim, request, response)
    return _finish(sim, request, response)


async def _await_answer(sim, request: Request, awaitable) -> Response:
    try:
        response = await awaitable
    except GraphError as error:
        response = _write_error(sim, error)
    return _finish(sim, request, response)


def _call(sim, request: Request, path: str):
    node_id, _, edge_name = path.strip("/").partition("/")
    known = GLOBALS.get((request.method, path.strip("/")))
    if known:
        return known(sim, request)
    token = read_token(sim, request)
    node, owner_id = find_node(sim, node_id, token)
    edge = node and EDGES.get((node.kind, request.method, edge_name))
    if edge is None:
        raise missing_object(request.method, node_id)
    if owner_id:
        check_reach(token, request.method, owner_id, node_id)
        check_scope(token, node.kind, edge_name)
    return edge(sim, request, node, token)


def _write_error(sim, error: GraphError) -> Response:
    return answer_json(error.describe(sim.ids.make_trace()), error.status)


def _strike(sim, path: str) -> Response | None:
    """A fault that strikes before anything is accepted."""
    if sim.faults.scope == "messages" and not path.endswith("/messages"):
        return None
    struck = sim.faults.strike_one_of(BEFORE_ACCEPTING)
    if struck is None:
        return None
    name, rule = struck
    if name == "error":
        raise GraphError(int(rule.code))
    if name.startswith("http_"):
        return answer_http_error(int(name.removeprefix("http_")))
    return Response(manner=Manner.STALL if name == "stall_before" else Manner.RESET)


def _finish(sim, request: Request, response: Response) -> Response:
    if rule := sim.faults.strike("latency"):
        response.hold = sim.faults.draw_between(rule)
    sim.journal.note_call(
        sim.clock.now(), request.method, request.path, response.status
    )
    return response
