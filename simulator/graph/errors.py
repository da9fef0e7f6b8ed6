"""Graph errors: every code with its HTTP status and title, and the envelope."""

from dataclasses import dataclass

TITLES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    101: (400, "Error validating application. Invalid application ID."),
    190: (401, "Access token has expired"),
    200: (403, "Permissions error"),
    368: (403, "Temporarily blocked for policies violations"),
    551: (400, "This person isn't available right now."),
    613: (400, "Calls to this api have exceeded the rate limit."),
    2200: (400, "Callback verification failed"),
    80007: (400, "Rate limit issues"),
    130403: (403, "Business has blocked this user"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (
        403,
        "Business account is restricted from messaging users in this country",
    ),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "Display name approval is needed before message can be sent"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
    ),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped user ID recipients are not supported here"),
    131063: (400, "Marketing messages are disabled for this account"),
    131064: (400, "Messaging limit reached after template classification violations"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "Template validation error"),
    132068: (400, "Flow is blocked"),
    132069: (400, "Flow is throttled"),
    133000: (500, "Incomplete deregistration"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two step verification PIN mismatch"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two step verification PIN guesses"),
    133009: (400, "Two step verification PIN guessed too fast"),
    133010: (400, "Account not registered"),
    133015: (
        400,
        "Please wait a few minutes before attempting to register this number",
    ),
    133016: (400, "Account register deregister rate limit exceeded"),
    134100: (400, "Only marketing messages supported"),
    135000: (400, "Generic user error"),
    136025: (400, "Verify code error"),
    139100: (400, "Failed to block or unblock some users"),
    2494100: (400, "Account in maintenance mode"),
    2593107: (400, "Sync request limit exceeded"),
    2593108: (400, "Sync request made outside of the allowed time window"),
}

TOKEN_WORDS = {
    None: "Error validating access token: The session is no longer valid.",
    458: "Error validating access token: The user has not authorized application.",
    459: "Error validating access token: The user is checkpointed.",
    460: (
        "Error validating access token: The session has been invalidated because the "
        "user changed their password or Facebook has changed the session for security "
        "reasons."
    ),
    464: "Error validating access token: The user is not confirmed.",
    467: "Error validating access token: The session is invalid because the user logged out.",
}


@dataclass
class GraphError(Exception):
    """A refusal, raised anywhere below a Graph call and written as Meta would."""

    code: int
    details: str = ""
    subcode: int | None = None
    message: str = ""
    http: int | None = None
    type: str = "OAuthException"
    user_title: str = ""
    user_message: str = ""
    extra: dict | None = None

    @property
    def status(self) -> int:
        return self.http or TITLES.get(self.code, (400, ""))[0]

    @property
    def title(self) -> str:
        return TITLES.get(self.code, (400, "Unknown error"))[1]

    def describe(self, trace: str) -> dict:
        error: dict = {
            "message": self.message or f"(#{self.code}) {self.title}",
            "type": self.type,
            "code": self.code,
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.code in (1, 2, 4, 131016, 133004):
            error["is_transient"] = True
        if self.user_title:
            error["error_user_title"] = self.user_title
            error["error_user_msg"] = self.user_message
        if self.details:
            error["error_data"] = {
                "messaging_product": "whatsapp",
                "details": self.details,
            }
        error.update(self.extra or {})
        error["fbtrace_id"] = trace
        return {"error": error}


def describe_for_webhook(code: int, details: str = "") -> dict:
    """The same error as it stands in a failed status."""
    title = TITLES.get(code, (400, "Unknown error"))[1]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    }


def missing_object(verb: str, node_id: str) -> GraphError:
    """Meta does not tell what is missing from what is not yours."""
    return GraphError(
        100,
        subcode=33,
        type="GraphMethodException",
        message=(
            f"Unsupported {verb.lower()} request. Object with ID '{node_id}' does not "
            "exist, cannot be loaded due to missing permissions, or does not support "
            "this operation"
        ),
    )


def missing(parameter: str) -> GraphError:
    return GraphError(131008, f"The parameter {parameter} is required.")


def invalid(details: str) -> GraphError:
    return GraphError(131009, details)
