"""Django's forms, drawn by our own templates."""

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    field_template_name = "_field.html"
    form_template_name = "_form.html"
