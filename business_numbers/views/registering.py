"""Registering, recovering and retiring a number: each a page, none a pop-up."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import member
from accounts.cases import tell_support
from business_numbers import checking, moments, recovery, registration, standing
from business_numbers.access import number_for
from business_numbers.forms import CodeForm, MethodForm, PinForm, RetireForm
from business_numbers.graph import GraphError
from business_numbers.models import CheckRun, Number, Recovery, RegistrationAttempt
from converge import clock

# What a refused PIN is answered with; the codes stand in the details.
PIN_WORDS = {
    RegistrationAttempt.WRONG_PIN: "That PIN is not right. 1 try left here. We stop after "
    "2, because a third wrong PIN makes Meta lock the number.",
    RegistrationAttempt.UNKNOWN: "Meta did not say whether it registered the number. Run "
    "the diagnosis before you try again.",
    RegistrationAttempt.REFUSED: "Meta did not register the number.",
}


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def setup(request, number_id):
    """The last steps of a new number: its PIN, when Meta has verified it already."""
    number = number_for(request, number_id)
    if number.status == Number.ACTIVE and not number.deregistered_at:
        return _page_of(request, number)
    if number.deregistered_at or number.is_verified is False:
        return redirect(
            "numbers:recover", slug=request.workspace.slug, number_id=number.id
        )
    form = PinForm(request.POST or None, is_new=not number.has_pin)
    if form.is_valid():
        problem = _register(request, number, form.cleaned_data["pin"])
        if not problem:
            return _done(request, number)
        form.add_error(None, problem)
    context = {"number": number, "form": form, **_guard(number)}
    status = 422 if form.is_bound else 200
    return render(request, "numbers/setup.html", context, status=status)


def _page_of(request, number: Number):
    return redirect("numbers:show", slug=request.workspace.slug, number_id=number.id)


def _guard(number: Number) -> dict:
    guard = registration.guard(number)
    until = moments.said(guard.until, clock.now()) if guard.until else ""
    return {"guard": guard, "until": until}


def _register(request, number: Number, pin: str) -> str:
    """Why it did not work, or nothing. The PIN goes nowhere but to Meta."""
    attempt = registration.register(number, pin, request.user.first_name)
    if attempt is None:
        return "Nothing was sent to Meta."
    audit.record(request, "register", number.meta_id, outcome=attempt.outcome)
    if attempt.outcome == RegistrationAttempt.DONE:
        return ""
    if (
        attempt.outcome == RegistrationAttempt.WRONG_PIN
        and registration.guard(number).left == 0
    ):
        return "That PIN is not right."
    if attempt.code and attempt.outcome == RegistrationAttempt.REFUSED:
        return f"Meta did not register the number (code {attempt.code})."
    return PIN_WORDS.get(attempt.outcome, "Meta asks to wait.")


def _done(request, number: Number):
    checking.check(number, CheckRun.AFTER_CHANGE, request.user.first_name)
    messages.info(
        request,
        "Registered. Now send a message from your own phone so that we both know it works.",
    )
    return _page_of(request, number)


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def recover(request, number_id):
    """The wizard: one page a step, kept in the row, so that leaving is safe."""
    number = number_for(request, number_id)
    found = (
        number.recoveries.filter(ended_at=None)
        .select_related("number__account")
        .first()
    )
    step = recovery.step_of(number, found)
    form = _form_of(request, step, number)
    if request.method == "POST" and (form is None or form.is_valid()):
        answer = ACTS[step](request, number, found, form)
        if answer is None:
            return redirect(
                "numbers:recover", slug=request.workspace.slug, number_id=number.id
            )
        if not isinstance(answer, str):
            return answer
        form = form or MethodForm()
        form.add_error(None, answer)
    context = {
        "number": number,
        "recovery": found,
        "step": step,
        "steps": recovery.steps(number, found),
        "form": form,
        "is_self_service": settings.RECOVERY_SELF_SERVICE,
        "why": recovery.why(number),
        "is_first": recovery.is_first(number, found),
        "says": standing.of_number(number).judgement.headline,
        **_guard(number),
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "numbers/recover.html", context, status=status)


def _form_of(request, step: str, number: Number):
    data = request.POST if request.method == "POST" else None
    if step == "ask":
        return MethodForm(data)
    if step == "code":
        return None if data and "again" in data else CodeForm(data)
    if step == "pin":
        return None if data and "verify" in data else PinForm(data, is_new=True)
    return None


def _begin(request, number: Number, found, form):
    try:
        with transaction.atomic():
            recovery.begin(number, request.user.name)
    except IntegrityError:
        return "This number is connected to another Converge workspace meanwhile."
    audit.record(request, "recovery begun", number.meta_id)
    return None


def _two_step_off(request, number: Number, found: Recovery, form):
    found.two_step_off_at = clock.now()
    found.save(update_fields=["two_step_off_at"])


def _ask(request, number: Number, found: Recovery, form):
    found.method = form.cleaned_data["method"]
    found.language = form.cleaned_data["language"]
    found.asked_at = clock.now()
    found.save(update_fields=["method", "language", "asked_at"])
    if not settings.RECOVERY_SELF_SERVICE:
        audit.record(request, "support asked for a code", number.meta_id)
        _tell_support(number)
        return None
    return _send_code(request, found)


def _tell_support(number: Number) -> None:
    title = f"A code is waited for: {number.label}"
    tell_support(title, number.workspace, reverse("support_find"))


def _send_code(request, found: Recovery):
    try:
        registration.request_code(found)
    except GraphError as error:
        return f"Meta refused: {error.meaning.words}"
    audit.record(request, "code requested", found.number.meta_id)
    return None


def _enter_code(request, number: Number, found: Recovery, form):
    if form is None:  # another code was asked for
        return _ask_again(request, found)
    if found.code_tries >= recovery.MOST_CODE_TRIES:
        return "That were three codes. Ask for a new one."
    try:
        registration.verify_code(found, form.cleaned_data["code"])
    except GraphError as error:
        if error.code is None:
            return "Meta did not answer. The code was not used up; try again."
        left = recovery.MOST_CODE_TRIES - found.code_tries
        tries = f"{left} {'try' if left == 1 else 'tries'} left"
        return f"That code is not right. {tries}. Codes look like 123-456."
    audit.record(request, "code verified", number.meta_id)
    return None


def _ask_again(request, found: Recovery):
    if found.code_sent_at and clock.now() < found.code_sent_at + recovery.RESEND_AFTER:
        return None
    found.code_sent_at, found.code_tries = None, 0
    found.save(update_fields=["code_sent_at", "code_tries"])
    if settings.RECOVERY_SELF_SERVICE:
        return _send_code(request, found)
    _tell_support(found.number)
    return None


def _set_pin(request, number: Number, found: Recovery, form):
    if form is None:  # too many wrong PINs: back to a new code
        if registration.guard(number).state in ("stopped", "locked"):
            recovery.begin_again(found, request.user.name)
            audit.record(request, "recovery begun", number.meta_id)
        return None
    problem = _register(request, number, form.cleaned_data["pin"])
    if problem:
        return problem
    found.registered_at = clock.now()
    found.save(update_fields=["registered_at"])
    checking.check(number, CheckRun.AFTER_CHANGE, request.user.first_name)
    return None


def _end(request, number: Number, found: Recovery, form):
    if not request.POST.get("saved"):
        return None
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    audit.record(request, "recovery ended", number.meta_id)
    messages.info(
        request,
        "Registered. Now send a message from your own phone so that we both know it works.",
    )
    return _page_of(request, number)


def _nothing(request, number: Number, found, form):
    return None


ACTS = {
    "begin": _begin,
    "two_step": _two_step_off,
    "ask": _ask,
    "wait": _nothing,
    "code": _enter_code,
    "pin": _set_pin,
    "saved": _end,
    "fine": _nothing,
}


@require_http_methods(["GET", "POST"])
@member("manage_numbers")
def new_pin(request, number_id):
    """For a healthy number whose PIN is forgotten; nothing is deregistered."""
    number = number_for(request, number_id)
    form = PinForm(request.POST or None, is_new=True)
    if form.is_valid():
        try:
            registration.set_pin(
                number, form.cleaned_data["pin"], request.user.first_name
            )
        except GraphError as error:
            form.add_error(None, f"Meta refused: {error.meaning.words}")
        else:
            audit.record(request, "pin set", number.meta_id)
            messages.info(request, "The new PIN is set. Converge does not keep it.")
            return _page_of(request, number)
    status = 422 if form.is_bound else 200
    return render(
        request, "numbers/pin.html", {"number": number, "form": form}, status=status
    )


@require_http_methods(["GET", "POST"])
@member("retire_numbers")
def retire(request, number_id, affects=()):
    """For good. `affects` counts what higher steps would lose; the wiring hands it down."""
    number = number_for(request, number_id)
    if number.retired_at:
        return _page_of(request, number)
    form = RetireForm(request.POST or None, number=number, user=request.user)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            registration.deregister(number, request.user.first_name, reason)
        except GraphError as error:
            form.add_error(
                None, f"Meta refused: {error.meaning.words} Nothing was changed."
            )
        else:
            audit.record(request, "number retired", number.meta_id, reason=reason)
            messages.info(request, f"{number.label} is retired.")
            return _page_of(request, number)
    context = {
        "number": number,
        "form": form,
        "affected": [words for count in affects if (words := count(number))],
    }
    status = 422 if form.is_bound else 200
    return render(request, "numbers/retire.html", context, status=status)
