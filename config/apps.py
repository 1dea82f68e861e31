from django.apps import AppConfig


class ZhenxinConfig(AppConfig):
    """The composition root: it may import every app and is imported by none."""

    name = "config"
