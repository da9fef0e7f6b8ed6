"""Which part answers: control API, pages and files, or the Graph."""

from collections.abc import Awaitable

from simulator.control.routes import answer_control
from simulator.exchange import Request, Response
from simulator.graph.dispatch import answer_graph
from simulator.pages.routes import answer_page
from simulator.state import Simulator


class Application:
    def __init__(self, sim: Simulator) -> None:
        self.sim = sim

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        # Sends come first: they are the ones that come by the thousand.
        if request.path.endswith("/messages"):
            return answer_graph(self.sim, request)
        if request.path.startswith("/_/"):
            return answer_control(self.sim, request)
        return answer_page(self.sim, request) or answer_graph(self.sim, request)
