"""Who gets a conversation that a customer opens, in the settings."""

from django.urls import path

from inbox.views import assignment

app_name = "assignment"

urlpatterns = [
    path("", assignment.rules, name="list"),
    path("<int:number_id>/", assignment.set_rule, name="set"),
]
