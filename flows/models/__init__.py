from flows.models.definitions import Flow, FlowSettings, FlowTest, Version
from flows.models.runs import Heard, Run, RunStep

__all__ = [
    "Flow",
    "FlowSettings",
    "FlowTest",
    "Heard",
    "Run",
    "RunStep",
    "Version",
]
