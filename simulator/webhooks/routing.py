"""Where an update goes: phone override, then account override, then the app's own URL.

Overrides divert only `messages`; everything else keeps going to the app.
"""

from dataclasses import dataclass

from simulator.subscriptions import WHATSAPP
from simulator.webhooks.updates import Update


@dataclass(frozen=True, slots=True)
class Callback:
    url: str = ""
    refusal: str = ""


def find_callback(sim, update: Update) -> Callback:
    subscription = sim.subscriptions.find(update.object)
    if subscription is None or not subscription.active:
        return Callback(refusal="the app has no subscription")
    if update.field not in subscription.fields:
        return Callback(refusal=f"the app is not subscribed to {update.field}")
    if update.object != WHATSAPP:
        return _find_for_instagram(sim, update, subscription.callback_url)
    account = sim.world.accounts.get(update.entry_id)
    if account is None:  # an account of the same app that is not in this world
        return Callback(subscription.callback_url)
    if sim.options.app_id not in account.subscribed_apps:
        return Callback(refusal="the app is not among the account's subscribed apps")
    return Callback(find_override(sim, account, update) or subscription.callback_url)


def find_override(sim, account, update: Update) -> str:
    if update.field != "messages":
        return ""
    number = sim.world.numbers.get(update.business_id)
    override = (number and number.override) or account.override
    return override.url if override else ""


def _find_for_instagram(sim, update: Update, url: str) -> Callback:
    account = sim.world.instagram.get(update.entry_id)
    if account and update.field not in account.subscribed_fields:
        return Callback(refusal=f"the Instagram account lacks {update.field}")
    return Callback(url)
