"""Small checks of JSON that every message type shares."""

from simulator.graph.errors import GraphError, invalid, missing


def need_object(holder: dict, key: str, path: str) -> dict:
    value = holder.get(key)
    if value is None:
        raise missing(f"{path}['{key}']")
    if not isinstance(value, dict):
        raise invalid(f"{path}['{key}'] must be an object.")
    return value


def need_list(
    holder: dict, key: str, path: str, most: int, least: int = 1
) -> list[dict]:
    value = holder.get(key)
    if value is None:
        raise missing(f"{path}['{key}']")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(f"{path}['{key}'] must be a list of objects.")
    if not least <= len(value) <= most:
        raise invalid(f"{path}['{key}'] must have {least} to {most} items.")
    return value


def need_text(holder: dict, key: str, path: str, most: int) -> str:
    value = holder.get(key)
    if value is None or value == "":
        raise missing(f"{path}['{key}']")
    return _check_text(value, f"{path}['{key}']", most)


def may_text(holder: dict, key: str, path: str, most: int) -> str:
    value = holder.get(key)
    if value is None:
        return ""
    return _check_text(value, f"{path}['{key}']", most)


def need_number(holder: dict, key: str, path: str, least: float, most: float) -> float:
    value = holder.get(key)
    if value is None:
        raise missing(f"{path}['{key}']")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise invalid(f"{path}['{key}'] must be a number.") from None
    if not least <= number <= most:
        raise invalid(f"{path}['{key}'] must lie between {least} and {most}.")
    return number


def refuse_unknown_type(given: object, known: tuple[str, ...]) -> GraphError:
    choices = ", ".join(known).upper()
    return GraphError(
        100, message=f"(#100) Param type must be one of {{{choices}}} - got {given!r}."
    )


def _check_text(value: object, path: str, most: int) -> str:
    if not isinstance(value, str):
        raise invalid(f"{path} must be a string.")
    if len(value) > most:
        raise invalid(f"{path} must be at most {most} characters long.")
    return value
