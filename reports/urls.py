from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("", views.now, name="now"),
    path("service/", views.service, name="service"),
    path("service/export/", views.export_service, name="export_service"),
    path("flows/", views.flows, name="flows"),
    path("flows/export/", views.export_flows, name="export_flows"),
    path("delivery/", views.delivery, name="delivery"),
    path("delivery/export/", views.export_delivery, name="export_delivery"),
]
