"""How reports write a span of time in a table."""

from django import template

from reports import words

register = template.Library()
register.filter("span", words.span)
