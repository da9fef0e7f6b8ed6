from django.urls import path

from business_numbers.views import (
    connecting,
    live_test,
    numbers,
    pages,
    registering,
    templates,
    window,
)

app_name = "numbers"
NUMBER = "numbers/<int:number_id>/"

urlpatterns = [
    path("numbers/", pages.number_list, name="list"),
    path("numbers/inbound/", pages.inbound, name="inbound"),
    path("numbers/connect/", connecting.connect, name="connect"),
    path("numbers/connect/token/", connecting.paste, name="paste"),
    path("numbers/connect/login/", connecting.login, name="login"),
    path("numbers/connect/window/", window.tell, name="window"),
    path("numbers/connect/choose/", connecting.choose, name="choose"),
    path(
        "numbers/connect/feature-unavailable/",
        connecting.feature_unavailable,
        name="feature_unavailable",
    ),
    path("settings/platforms/<str:kind>/", connecting.platform, name="platform"),
    path(NUMBER, numbers.show, name="show"),
    path(f"{NUMBER}check/", numbers.check, name="check"),
    path(f"{NUMBER}checks/", numbers.past_runs, name="runs"),
    path(f"{NUMBER}checks/<int:run_id>/", numbers.show_run, name="run"),
    path(f"{NUMBER}timeline/", numbers.show_timeline, name="timeline"),
    path(f"{NUMBER}fix/", numbers.fix, name="fix"),
    path(f"{NUMBER}support/", numbers.ask_support, name="ask_support"),
    path(f"{NUMBER}name/", numbers.rename, name="rename"),
    path(f"{NUMBER}test-webhook/", live_test.test_webhook, name="test_webhook"),
    path(f"{NUMBER}listen/", live_test.listen, name="listen"),
    path(f"{NUMBER}listening/", live_test.listening, name="listening"),
    path(f"{NUMBER}setup/", registering.setup, name="setup"),
    path(f"{NUMBER}recover/", registering.recover, name="recover"),
    path(f"{NUMBER}pin/", registering.new_pin, name="new_pin"),
    path(f"{NUMBER}disconnect/", connecting.disconnect, name="disconnect"),
    path(f"{NUMBER}ask/", connecting.ask_owner, name="ask_owner"),
    path("templates/", templates.all_templates, name="templates"),
    path("templates/sync/", templates.sync_now, name="sync_templates"),
]
