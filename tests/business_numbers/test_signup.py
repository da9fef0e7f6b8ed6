"""Messages of Meta's window: every ending is read, and nothing in them is believed."""

import json

import pytest

from business_numbers.signup import Said, read


def message(event: str, **data) -> str:
    return json.dumps({"type": "WA_EMBEDDED_SIGNUP", "event": event, "data": data})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            message("FINISH", waba_id="20", phone_number_id="10", business_id="7"),
            Said(True, "20", "10"),
        ),
        (message("FINISH_ONLY_WABA", waba_id="20"), Said(True, "20")),
        (
            message("FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", waba_id="20"),
            Said(True, "20"),
        ),
        (
            message("FINISH_GRANT_ONLY_API_ACCESS", waba_id="20", phone_number_id="10"),
            Said(True, "20", "10"),
        ),
        (message("FINISH", waba_id="20/../x", phone_number_id=["10"]), Said(True)),
        ("not json", None),
        ("[]", None),
        (json.dumps({"type": "something else"}), None),
        ("", None),
    ],
)
def test_endings_with_a_code_are_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (message("CANCEL", current_step="PHONE_NUMBER_SETUP"), "at the phone number"),
        (message("CANCEL", current_step="SOMETHING_NEW"), "The window was left."),
        (message("CANCEL", error_message="x", error_id="524070"), "524070"),
        (message("ERROR", error_message="x"), "Meta reported a problem"),
        (message("NEVER_HEARD_OF"), "The window was left."),
    ],
)
def test_endings_without_a_code_are_said(text, words):
    said = read(text)

    assert not said.is_finish
    assert words in said.words
    assert "Nothing was changed" in said.words
