"""The only door to Meta: one call, one answer, and an error that says what it means.

Never retries by itself. What a failure means is decided from the body's error code, not
from the HTTP status; a call that may have been accepted is `uncertain` (settled 15).
"""

import hashlib
import hmac
import threading
from dataclasses import dataclass, field
from typing import BinaryIO

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError, NewConnectionError

from business_numbers.errors import (
    MEANINGS,
    UNCERTAIN,
    Meaning,
    Verdict,
    is_known,
    meaning,
)
from business_numbers.models import BusinessAccount

CONNECT_TIMEOUT, READ_TIMEOUT, UPLOAD_TIMEOUT = 3.0, 10.0, 60.0
MEDIA_LIMIT = 100 * 1024 * 1024
# The request had not left when these were raised: nothing was sent.
NOT_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
)

NOT_HANDED_OVER = Meaning(
    Verdict.SOON, "The file could not be handed to Meta. It was not sent yet."
)

_local = threading.local()


@dataclass(eq=False)
class GraphError(Exception):
    """Why a call failed. Without `code` and `http_status` it was the network, not Meta."""

    meaning: Meaning
    code: int | None = None
    subcode: int | None = None
    http_status: int | None = None
    title: str = ""
    details: str = ""
    trace: str = ""
    retry_after: float | None = None

    @property
    def is_uncertain(self) -> bool:
        return self.meaning.verdict is Verdict.UNCERTAIN

    def __str__(self):
        return f"{self.code or self.http_status or 'no answer'}: {self.title}"


@dataclass(frozen=True)
class Grant:
    """A token opened for the calls of one task; never stored, never printed."""

    base_url: str
    token: str = field(repr=False)
    proof: str = field(repr=False)

    @classmethod
    def of(cls, account: BusinessAccount) -> "Grant":
        """Raises GraphError when there is no token: nobody may act for the account."""
        if not account.token:
            raise GraphError(MEANINGS[190], title="no token is held")
        return cls.with_token(account.token.open(), kind=account.kind)

    @classmethod
    def with_token(cls, token: str, *, kind: str) -> "Grant":
        is_whatsapp = kind == BusinessAccount.WHATSAPP
        host = settings.GRAPH_URL if is_whatsapp else settings.INSTAGRAM_GRAPH_URL
        secret = settings.META_APP_SECRET
        if not is_whatsapp and settings.INSTAGRAM_APP_SECRET:
            secret = settings.INSTAGRAM_APP_SECRET
        proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return cls(f"{host}/{settings.GRAPH_VERSION}", token, proof)


def app_grant() -> Grant:
    """The app itself: asks about any token, and for what belongs to no account."""
    token = f"{settings.META_APP_ID}|{settings.META_APP_SECRET}"
    return Grant.with_token(token, kind=BusinessAccount.WHATSAPP)


def exchange(url: str, fields: dict, *, method: str = "POST") -> dict:
    """A call that carries its own proof (a code, the app's secret) and no token of ours."""
    place = {"data": fields} if method == "POST" else {"params": fields}
    try:
        response = session().request(
            method,
            url,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            **place,
        )
    except requests.RequestException as error:
        raise network_error(error) from error
    return read_answer(response)


def call(
    grant: Grant,
    method: str,
    path: str,
    *,
    params: dict | None = None,
    json: dict | None = None,
    data: bytes | None = None,
    form: dict | None = None,
    files: dict | None = None,
    patience: float = READ_TIMEOUT,
) -> dict:
    """One Graph call; the answer's JSON object, or GraphError."""
    try:
        response = session().request(
            method,
            f"{grant.base_url}/{path.lstrip('/')}",
            params={"appsecret_proof": grant.proof} | (params or {}),
            json=json,
            data=form if data is None else data,
            files=files,
            headers={
                "Authorization": f"Bearer {grant.token}",
                **({"Content-Type": "application/json"} if data is not None else {}),
            },
            timeout=(CONNECT_TIMEOUT, patience),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise network_error(error) from error
    return read_answer(response)


def send(grant: Grant, path: str, body: bytes) -> dict:
    """`call` for messages: the same answer and errors, without what a session adds
    (cookies, redirects, environment); sending is where the calls are."""
    request = requests.PreparedRequest()
    request.method, request.body, request.hooks = "POST", body, {"response": []}
    request.url = f"{grant.base_url}/{path}?appsecret_proof={grant.proof}"
    request.headers = requests.structures.CaseInsensitiveDict(
        {
            "Authorization": f"Bearer {grant.token}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
    )
    try:
        response = (
            session()
            .get_adapter(request.url)
            .send(request, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT))
        )
        response.content  # noqa: B018  (read it here, where its failure is caught)
    except requests.RequestException as error:
        raise network_error(error) from error
    return read_answer(response)


def upload(grant: Grant, path: str, file: BinaryIO, *, name: str, kind: str) -> str:
    """Hand a file to Meta before the message that names it; Meta's id, kept 30 days.

    Nothing was sent yet, so every failure here is certain: GraphError never says
    uncertain. (Media reference, `POST /{phone number id}/media`.)
    """
    try:
        answer = call(
            grant,
            "POST",
            path,
            form={"messaging_product": "whatsapp", "type": kind},
            files={"file": (name, file, kind)},
            patience=UPLOAD_TIMEOUT,
        )
    except GraphError as error:
        if error.is_uncertain:
            error.meaning = NOT_HANDED_OVER
        raise
    if not isinstance(answer.get("id"), str):
        raise GraphError(NOT_HANDED_OVER, title="an upload without an id")
    return answer["id"]


def pages(grant: Grant, path: str, params: dict):
    """Every item of a paged list, following Meta's cursors."""
    params = dict(params)
    while True:
        answer = call(grant, "GET", path, params=params)
        yield from answer.get("data", [])
        after = answer.get("paging", {}).get("cursors", {}).get("after")
        if not after or not answer.get("paging", {}).get("next"):
            return
        params["after"] = after


def download(grant: Grant, url: str, *, limit: int = MEDIA_LIMIT) -> tuple[bytes, str]:
    """The bytes behind a media link of Meta's and their claimed type."""
    try:
        with session().get(
            url,
            headers={"Authorization": f"Bearer {grant.token}"},
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                read_answer(response)
            content = response.raw.read(limit + 1, decode_content=True)
            return content, response.headers.get("Content-Type", "")
    except (requests.RequestException, HTTPError, OSError) as error:
        raise network_error(error) from error


def session() -> requests.Session:
    """One session a thread: connections are kept, nothing is shared."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
        _local.session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=0, pool_maxsize=4)
        _local.session.mount("http://", adapter)
        _local.session.mount("https://", adapter)
    return _local.session


def read_answer(response: requests.Response) -> dict:
    try:
        body = response.json()
    except requests.exceptions.JSONDecodeError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        raise _from_error(error, response)
    if response.status_code == 200 and isinstance(body, dict):
        return body
    if response.status_code == 429:
        raise GraphError(
            Meaning(Verdict.SLOW, "Meta asked this number to slow down."),
            http_status=429,
            retry_after=_retry_after(response),
        )
    raise GraphError(
        UNCERTAIN, http_status=response.status_code, title="unexpected answer"
    )


def network_error(error: Exception) -> GraphError:
    """Connect refused, DNS and TLS failures are certain: nothing was sent."""
    if isinstance(error, NOT_SENT) or _never_connected(error):
        return GraphError(
            Meaning(Verdict.SOON, "Meta could not be reached. It was not sent yet."),
            title=type(error).__name__,
        )
    return GraphError(UNCERTAIN, title=type(error).__name__)


def _never_connected(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)  # DNS failures are one, too


def _from_error(error: dict, response: requests.Response) -> GraphError:
    code = _int(error.get("code"))
    subcode = _int(error.get("error_subcode"))
    if code is None:
        found = UNCERTAIN
    else:
        found = meaning(code, subcode, is_sync=True)
        if response.status_code >= 500 and not is_known(code, subcode):
            found = UNCERTAIN
    data = error.get("error_data")
    return GraphError(
        found,
        code=code,
        subcode=subcode,
        http_status=response.status_code,
        title=str(error.get("message", ""))[:300],
        details=str(data.get("details", ""))[:500] if isinstance(data, dict) else "",
        trace=str(error.get("fbtrace_id", ""))[:60],
        retry_after=_retry_after(response),
    )


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _int(value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
