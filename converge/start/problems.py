"""Why nothing was started, as a sentence for the person who typed the command."""


class StartProblem(Exception):
    pass
