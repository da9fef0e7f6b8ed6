"""Getting tokens: dialogs, codes, exchange, longer lives."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.simulated import refusal, wait_until

BACK = "http://127.0.0.1:9/back"
CLIENT = {"client_id": "simulated-app", "client_secret": "simulated-secret"}


def _press(http, simulated, path="/v23.0/dialog/oauth", **fields) -> str:
    """Where the dialog sends the browser; empty when it keeps it."""
    form = {
        "client_id": "simulated-app",
        "redirect_uri": BACK,
        "state": "s-1",
        "decision": "allow",
        "persona": "admin",
        f"asset-{simulated.waba}": "1",
        **fields,
    }
    answer = http.post(f"{simulated.url}{path}", data=form, allow_redirects=False)
    return answer.headers.get("Location", "")


def _read(location: str) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
    }


def _exchange(simulated, code: str, **more):
    query = {**CLIENT, "code": code, "redirect_uri": BACK, **more}
    return simulated.graph("GET", "oauth/access_token", token=None, params=query)


def test_the_dialog_shows_what_may_be_granted(simulated, http):
    query = {"client_id": "simulated-app", "redirect_uri": BACK, "state": "s"}

    page = http.get(f"{simulated.url}/v23.0/dialog/oauth", params=query)

    assert page.status_code == 200
    assert "Northwind Supply" in page.text
    assert "Northwind Bakery" in page.text


def test_allowing_gives_a_code_that_is_good_for_a_sixty_day_token(
    simulated, http, product
):
    returned = _read(_press(http, simulated, config_id="123"))

    granted = _exchange(simulated, returned["code"]).json()

    assert returned["state"] == "s-1"
    assert granted["token_type"] == "bearer"
    assert granted["expires_in"] == pytest.approx(60 * 86_400, abs=60)
    number = simulated.graph("GET", simulated.number, token=granted["access_token"])
    assert number.status_code == 200
    wait_until(lambda: product.values("account_update"))
    assert product.values("account_update")[0]["event"] == "PARTNER_ADDED"


def test_a_grant_covers_only_what_was_ticked(simulated, http):
    code = _read(_press(http, simulated, config_id="1"))["code"]

    token = _exchange(simulated, code).json()["access_token"]

    assert refusal(simulated.graph("GET", simulated.bakery, token=token)) == (400, 100)


def test_cancelling_comes_back_with_an_error(simulated, http):
    returned = _read(_press(http, simulated, decision="cancel"))

    assert returned["error"] == "access_denied"
    assert returned["state"] == "s-1"
    assert "code" not in returned


def test_feature_unavailable_never_comes_back(simulated, http):
    simulated.control("POST", "settings", {"public_profile": "standard"})

    teammate = _press(http, simulated, persona="teammate")
    admin = _press(http, simulated, persona="admin")

    assert teammate == ""
    assert "code" in _read(admin)


def test_a_code_is_good_once(simulated, http):
    code = _read(_press(http, simulated))["code"]
    _exchange(simulated, code)

    error = _exchange(simulated, code).json()["error"]

    assert (error["code"], error["error_subcode"]) == (100, 36009)


def test_a_code_lives_thirty_seconds(simulated, http):
    code = _read(_press(http, simulated))["code"]
    simulated.advance(seconds=31)

    error = _exchange(simulated, code).json()["error"]

    assert (error["code"], error["error_subcode"]) == (100, 36007)


def test_the_redirect_uri_must_be_the_same(simulated, http):
    code = _read(_press(http, simulated))["code"]

    error = _exchange(simulated, code, redirect_uri=f"{BACK}/other").json()["error"]

    assert (error["code"], error["error_subcode"]) == (100, 36008)


def test_wrong_app_and_wrong_secret_are_told_apart(simulated):
    wrong_app = _exchange(simulated, "x", client_id="nobody")
    wrong_secret = _exchange(simulated, "x", client_secret="guess")

    assert refusal(wrong_app) == (400, 101)
    assert refusal(wrong_secret) == (400, 1)


def test_a_user_token_is_exchanged_for_sixty_days_while_it_lives(simulated):
    query = {**CLIENT, "grant_type": "fb_exchange_token"}
    query["fb_exchange_token"] = simulated.short_token

    alive = simulated.graph("GET", "oauth/access_token", token=None, params=query)
    simulated.advance(hours=3)
    dead = simulated.graph("GET", "oauth/access_token", token=None, params=query)

    assert alive.json()["expires_in"] > 59 * 86_400
    assert refusal(dead) == (401, 190)


def test_a_system_user_token_cannot_be_exchanged(simulated):
    query = {**CLIENT, "grant_type": "fb_exchange_token"}
    query["fb_exchange_token"] = simulated.token

    answer = simulated.graph("GET", "oauth/access_token", token=None, params=query)

    assert refusal(answer) == (400, 100)


def test_instagram_login_goes_from_code_to_long_token_to_refresh(simulated, http):
    location = _press(
        http, simulated, "/oauth/authorize", **{f"asset-{simulated.instagram}": "1"}
    )
    form = {**CLIENT, "grant_type": "authorization_code", "redirect_uri": BACK}

    short = http.post(
        f"{simulated.url}/oauth/access_token",
        data={**form, "code": _read(location)["code"]},
    ).json()
    long = http.get(
        f"{simulated.url}/access_token",
        params={
            "grant_type": "ig_exchange_token",
            "client_secret": CLIENT["client_secret"],
            "access_token": short["access_token"],
        },
    ).json()
    refresh = {
        "grant_type": "ig_refresh_token",
        "access_token": long["access_token"],
    }
    too_early = http.get(f"{simulated.url}/refresh_access_token", params=refresh)
    simulated.advance(days=2)
    refreshed = http.get(f"{simulated.url}/refresh_access_token", params=refresh).json()

    assert location.endswith("#_")
    assert refusal(too_early) == (400, 100)
    assert refreshed["expires_in"] == 60 * 86_400
    me = http.get(
        f"{simulated.url}/v23.0/me",
        params={"fields": "username", "access_token": refreshed["access_token"]},
    )
    assert me.json()["username"] == "northwind.shop"
