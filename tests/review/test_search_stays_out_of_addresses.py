"""What is searched for is personal: it goes in the body of a request, never in an address."""

import re

from django.urls import reverse

from tests.factories import make_customer


def test_the_form_posts_and_its_pages_name_nobody(here, clerk):
    people = [make_customer(home_branch=here, name="欧阳思远") for _who in range(60)]
    page = clerk.client.post(reverse("customers"), {"q": "欧阳思远"})
    text = page.content.decode()
    assert len(page.context["rows"]) == 50
    assert re.search(r'<form[^>]*method="post"[^>]*role="search"', text)
    links = re.findall(r'(?:href|action|formaction)="([^"]*)"', text)
    assert [link for link in links if "q=" in link] == []

    rest = clerk.client.post(reverse("customers") + page.context["page"].older, {"q": "欧阳思远"})

    seen = [one.pk for answer in (page, rest) for one in answer.context["page"].rows]
    assert sorted(seen) == sorted(one.pk for one in people)
    assert rest.context["page"].newer in rest.content.decode().replace("&amp;", "&")


def test_it_stays_scoped(here, clerk_elsewhere, clerk):
    found = make_customer(home_branch=here)
    assert len(clerk.client.post(reverse("customers"), {"q": found.id_no}).context["rows"]) == 1
    assert clerk_elsewhere.client.post(reverse("customers"), {"q": found.id_no}).context["rows"] == []
