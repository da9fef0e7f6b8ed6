"""django-q2's tables hold pickles; nobody opens those in a browser."""

from django.contrib import admin
from django_q import models as jobs

for model in (jobs.Failure, jobs.OrmQ, jobs.Schedule, jobs.Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
