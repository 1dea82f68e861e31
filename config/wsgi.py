import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.busy import let_pages_wait_briefly  # noqa: E402  # readable only once the applications are

let_pages_wait_briefly()
