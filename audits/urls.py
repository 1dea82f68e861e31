from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from audits.views.board import assign, board, take_back
from audits.views.disputes import answer, disputes
from audits.views.evidence import evidence
from audits.views.findings import findings, sweep, sweep_progress
from audits.views.gates import ask_gate, gate_answer, gate_answers, override
from audits.views.performance import performance, performance_policies, performance_rectifications
from audits.views.queue import export_rectifications, queue
from audits.views.review import accept, accept_many, give_back, review, review_queue
from audits.views.rules import rules
from audits.views.workbench import (
    check,
    contact,
    dispute,
    draft,
    rectification,
    reopen,
    upload_evidence,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("findings/", findings, name="findings"),
    path("findings/sweep/", sweep, name="sweep"),
    path("findings/sweep/progress/", sweep_progress, name="sweep_progress"),
    path("rules/", rules, name="rules"),
    path("performance/", performance, name="performance"),
    path("performance/policies/", performance_policies, name="performance_policies"),
    path("performance/rectifications/", performance_rectifications, name="performance_rectifications"),
    path("rectifications/", queue, name="rectification_queue"),
    path("rectifications/export/", export_rectifications, name="export_rectifications"),
    path("rectifications/<int:pk>/", rectification, name="rectification"),
    path("rectifications/<int:pk>/draft/", draft, name="rectification_draft"),
    path("rectifications/<int:pk>/check/", check, name="rectification_check"),
    path("rectifications/<int:pk>/evidence/", upload_evidence, name="rectification_evidence"),
    path("rectifications/<int:pk>/contact/", contact, name="rectification_contact"),
    path("rectifications/<int:pk>/reopen/", reopen, name="rectification_reopen"),
    path("rectifications/<int:pk>/dispute/<int:finding_pk>/", dispute, name="rectification_dispute"),
    path("policies/<int:pk>/gate/", ask_gate, name="ask_gate"),
    path("gates/", gate_answers, name="gate_answers"),
    path("gates/<int:pk>/", gate_answer, name="gate_answer"),
    path("gates/<int:pk>/override/", override, name="override_gate"),
    path("evidence/<int:pk>/", evidence, name="evidence"),
    path("board/", board, name="team_board"),
    path("board/assign/", assign, name="assign_rectifications"),
    path("board/take-back/", take_back, name="take_back_rectifications"),
    path("review/", review_queue, name="review_queue"),
    path("review/accept/", accept_many, name="review_accept_many"),
    path("review/<int:pk>/", review, name="review"),
    path("review/<int:pk>/accept/", accept, name="review_accept"),
    path("review/<int:pk>/return/", give_back, name="review_return"),
    path("disputes/", disputes, name="disputes"),
    path("disputes/<int:pk>/answer/", answer, name="dispute_answer"),
]
