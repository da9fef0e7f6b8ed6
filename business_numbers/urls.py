from django.urls import path

from business_numbers.views import pages

app_name = "numbers"

urlpatterns = [
    path("numbers/", pages.number_list, name="list"),
    path("numbers/connect/", pages.connect, name="connect"),
    path("templates/", pages.template_list, name="templates"),
]
