"""An embedded PostgreSQL for a machine that has none.

Start it with `EmbeddedPostgres(folder)`; `python -m converge.database` keeps one running.
"""

from converge.database.cluster import EmbeddedPostgres
from converge.database.problems import DatabaseProblem

__all__ = ["DatabaseProblem", "EmbeddedPostgres"]
