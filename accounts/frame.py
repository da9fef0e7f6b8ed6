"""What every signed-in page's frame shows: workspace, people, counts."""


def frame(request):
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {"workspace": request.workspace, "membership": membership}
