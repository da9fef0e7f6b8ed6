"""Message templates: listed with filters and cursors, created, edited, deleted."""

import json
import re

from simulator.exchange import Request, Response, answer_json
from simulator.graph.errors import GraphError
from simulator.graph.fields import answer_page, pick, read_asked, select
from simulator.message_templates import Template
from simulator.webhooks.account_events import post_event
from simulator.world import BusinessAccount, Token

NODE_TYPE = "WhatsAppMessageTemplate"
DEFAULT = (
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "id",
)
FILTERS = ("name", "status", "category", "language")
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
NAME = re.compile(r"[a-z0-9_]{1,512}")
DAY = 86_400


def read(sim, request: Request, template: Template, token: Token) -> Response:
    return answer_json(select(request, NODE_TYPE, list_fields(template), DEFAULT))


def read_all(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    asked = read_asked(request, DEFAULT)
    items = [
        pick(asked, NODE_TYPE, list_fields(template))
        for template in sim.world.templates.values()
        if template.waba_id == account.id and _matches(template, request.query)
    ]
    return answer_page(request, sim.options.base_url, items)


def list_fields(template: Template) -> dict:
    return {
        "id": lambda: template.id,
        "name": lambda: template.name,
        "language": lambda: template.language,
        "status": lambda: template.status,
        "category": lambda: template.category,
        "components": lambda: template.components,
        "parameter_format": lambda: template.parameter_format,
        "quality_score": lambda: {"score": template.quality, "date": 1_760_000_000},
        "rejected_reason": lambda: template.rejected_reason,
        "previous_category": lambda: template.previous_category or None,
        "correct_category": lambda: template.correct_category or None,
        "sub_category": lambda: None,
        "message_send_ttl_seconds": lambda: template.ttl,
        "library_template_name": lambda: None,
        "cta_url_link_tracking_opted_out": lambda: False,
    }


def create(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    fields = request.read_fields()
    name, language = str(fields.get("name", "")), str(fields.get("language", ""))
    if not NAME.fullmatch(name):
        raise GraphError(100, message="(#100) Param name must be lowercase, digits, _")
    if fields.get("category") not in CATEGORIES or not language:
        raise GraphError(100, message="(#100) Param category or language is not valid")
    _refuse_duplicate(sim, account, name, language)
    template = Template(
        id=sim.ids.make_number("88"),
        waba_id=account.id,
        name=name,
        language=language,
        category=fields["category"],
        components=_read_components(fields),
        status="PENDING",
        quality="UNKNOWN",
        parameter_format=str(fields.get("parameter_format", "POSITIONAL")).upper(),
        ttl=fields.get("message_send_ttl_seconds"),
    )
    sim.world.templates[template.id] = template
    return answer_json(
        {"id": template.id, "status": template.status, "category": template.category}
    )


def edit(sim, request: Request, template: Template, token: Token) -> Response:
    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise GraphError(
            100,
            subcode=2388039,
            user_title="Status cannot change",
            user_message="This template is in review or may not be edited now.",
        )
    fields = request.read_fields()
    if "components" in fields:
        template.components = _read_components(fields)
    if "category" in fields and template.status != "APPROVED":
        template.category = fields["category"]
    template.status = "PENDING"
    return answer_json({"success": True})


def delete(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    fields = request.read_fields()
    name, template_id = fields.get("name"), fields.get("hsm_id")
    gone = [
        template
        for template in sim.world.templates.values()
        if template.waba_id == account.id
        and template.name == name
        and template_id in (None, template.id)
    ]
    if not gone or any(template.status == "DISABLED" for template in gone):
        raise GraphError(100, message="(#100) Message template cannot be deleted")
    for template in gone:
        del sim.world.templates[template.id]
        tell_status(sim, template, "DELETED")
    return answer_json({"success": True})


def unpause(sim, request: Request, template: Template, token: Token) -> Response:
    """Only pauses by pacing are lifted by hand."""
    if template.status != "PAUSED" or not template.paced:
        return answer_json(
            {"success": False, "reason": "The template was not paused by pacing."}
        )
    set_status(sim, template, "APPROVED")
    return answer_json({"success": True})


def set_status(sim, template: Template, status: str, reason: str = "NONE") -> None:
    """Meta changes its mind: the status, and the webhook that says so."""
    was_paused = template.status == "PAUSED"
    template.status = status
    template.rejected_reason = reason
    if status == "PAUSED":
        template.pauses += 1
    tell_status(sim, template, status, unpaused=was_paused and status == "APPROVED")


def tell_status(sim, template: Template, event: str, *, unpaused=False) -> None:
    value: dict = {
        "event": event,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": template.rejected_reason,
        "message_template_category": template.category,
    }
    if event == "PAUSED":
        title = "FIRST_PAUSE" if template.pauses <= 1 else "SECOND_PAUSE"
        value["other_info"] = {"title": title, "description": "Low quality rating."}
    if unpaused:
        value["other_info"] = {"title": "UNPAUSE", "description": "The pause is over."}
    if event == "DISABLED":
        value["disable_info"] = {"disable_date": int(sim.clock.now())}
    post_event(sim, template.waba_id, "message_template_status_update", value)


def _matches(template: Template, query: dict) -> bool:
    return all(
        str(query[name]).lower() in ("", str(getattr(template, name)).lower())
        for name in FILTERS
        if name in query
    )


def _read_components(fields: dict) -> list[dict]:
    components = fields.get("components")
    if isinstance(components, str):
        try:
            components = json.loads(components)
        except ValueError:
            components = None
    if not isinstance(components, list):
        raise GraphError(100, message="(#100) Param components must be an array.")
    for component in components:
        component["type"] = str(component.get("type", "")).upper()
    if not any(component["type"] == "BODY" for component in components):
        raise GraphError(100, subcode=2388072, message="(#100) A body is required.")
    return components


def _refuse_duplicate(sim, account: BusinessAccount, name: str, language: str) -> None:
    for template in sim.world.templates.values():
        if (template.waba_id, template.name, template.language) == (
            account.id,
            name,
            language,
        ):
            raise GraphError(
                100,
                subcode=2388024,
                user_title="Content in this language already exists",
                user_message="There is already content for this template and language.",
            )
