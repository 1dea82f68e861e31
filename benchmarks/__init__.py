"""Measurements on books of any size, as ratios to a baseline of the same run (`make bench`)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
