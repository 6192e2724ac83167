"""Punctuation between a word and what follows it, as the reader's language writes it; every template has it."""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def colon() -> str:
    """Full-width in Chinese, half-width with a space in English."""
    return "：" if (get_language() or "").startswith("zh") else ": "
