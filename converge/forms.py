"""Django's forms, drawn by our own templates."""

from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    field_template_name = "_field.html"
    form_template_name = "_form.html"


def save_unless_taken(form: ModelForm, sentence: str) -> bool:
    """Whether it was saved; not when another one took the name at this very moment."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("name", sentence)
        return False
    return True
