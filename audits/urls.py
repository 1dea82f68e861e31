from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from audits.views import assignment_rules, duplicates, letters, merges, rectification_settings
from audits.views.appeals import (
    appeal,
    appeal_decide,
    appeal_file,
    appeal_message,
    appeal_withdraw,
    appeals,
    make_appeal,
)
from audits.views.articles import article, article_add, article_coverage, article_edit, articles
from audits.views.bench_steps import contact, dispute, reopen, take_back_evidence, upload_evidence
from audits.views.board import assign, board, take_back
from audits.views.bulk import bulk_action, bulk_actions, bulk_preview, bulk_progress, bulk_undo
from audits.views.call_list import call_list
from audits.views.clock import (
    answer_days,
    ask_for_days,
    end_without,
    extensions,
    pause,
    resume,
    take_days_back,
)
from audits.views.contacts import disturb_again, do_not_disturb, note_contact
from audits.views.disputes import answer, disputes
from audits.views.evidence import evidence, exemption_evidence
from audits.views.exemptions import (
    contact_wrong,
    decide,
    exempt,
    exemptions,
    shared_contact,
    shared_contacts,
)
from audits.views.findings import findings, sweep, sweep_progress
from audits.views.gates import ask_gate, gate_answer, gate_answers, override
from audits.views.performance import performance, performance_policies, performance_rectifications
from audits.views.queue import export_rectifications, queue
from audits.views.review import accept, accept_many, give_back, review, review_queue
from audits.views.rule_changes import (
    rule_change,
    rule_change_decide,
    rule_change_measure,
    rule_change_progress,
    rule_change_send,
    rule_change_sweep,
    rule_change_withdraw,
    rule_changes,
)
from audits.views.rule_edit import rule_edit, word_list, word_lists
from audits.views.rules import rule, rules
from audits.views.second_looks import second_look, second_look_result, second_looks
from audits.views.sweeps import start_chosen_sweep, sweeps
from audits.views.try_rules import try_proposed, try_rules
from audits.views.workbench import check, draft, field_past, rectification

urlpatterns: list[URLPattern | URLResolver] = [
    path("findings/", findings, name="findings"),
    path("findings/sweep/", sweep, name="sweep"),
    path("findings/sweep/progress/", sweep_progress, name="sweep_progress"),
    path("sweeps/", sweeps, name="sweeps"),
    path("sweeps/start/", start_chosen_sweep, name="start_chosen_sweep"),
    path("rules/", rules, name="rules"),
    path("rules/try/", try_rules, name="try_rules"),
    path("rule-changes/", rule_changes, name="rule_changes"),
    path("rule-changes/<int:pk>/", rule_change, name="rule_change"),
    path("rule-changes/<int:pk>/progress/", rule_change_progress, name="rule_change_progress"),
    path("rule-changes/<int:pk>/measure/", rule_change_measure, name="rule_change_measure"),
    path("rule-changes/<int:pk>/send/", rule_change_send, name="rule_change_send"),
    path("rule-changes/<int:pk>/withdraw/", rule_change_withdraw, name="rule_change_withdraw"),
    path("rule-changes/<int:pk>/decide/", rule_change_decide, name="rule_change_decide"),
    path("rule-changes/<int:pk>/sweep/", rule_change_sweep, name="rule_change_sweep"),
    path("word-lists/", word_lists, name="word_lists"),
    path("word-lists/<slug:name>/", word_list, name="word_list"),
    path("rules/of/<slug:code>/", rule, name="rule"),
    path("rules/of/<slug:code>/edit/", rule_edit, name="rule_edit"),
    path("rules/of/<slug:code>/try/", try_proposed, name="try_proposed"),
    path("articles/", articles, name="articles"),
    path("articles/coverage/", article_coverage, name="article_coverage"),
    path("articles/add/", article_add, name="article_add"),
    path("articles/of/<slug:code>/", article, name="article"),
    path("articles/of/<slug:code>/edit/", article_edit, name="article_edit"),
    path("performance/", performance, name="performance"),
    path("performance/policies/", performance_policies, name="performance_policies"),
    path("performance/rectifications/", performance_rectifications, name="performance_rectifications"),
    path("rectifications/", queue, name="rectification_queue"),
    path("rectifications/export/", export_rectifications, name="export_rectifications"),
    path("rectifications/<int:pk>/", rectification, name="rectification"),
    path("rectifications/<int:pk>/draft/", draft, name="rectification_draft"),
    path("rectifications/<int:pk>/check/", check, name="rectification_check"),
    path("rectifications/<int:pk>/field/", field_past, name="field_past"),
    path("rectifications/<int:pk>/evidence/", upload_evidence, name="rectification_evidence"),
    path("rectifications/<int:pk>/contact/", contact, name="rectification_contact"),
    path("rectifications/<int:pk>/reopen/", reopen, name="rectification_reopen"),
    path("rectifications/<int:pk>/dispute/<int:finding_pk>/", dispute, name="rectification_dispute"),
    path("policies/<int:pk>/gate/", ask_gate, name="ask_gate"),
    path("findings/<int:pk>/exempt/", exempt, name="exempt"),
    path("findings/<int:pk>/wrong/", contact_wrong, name="contact_wrong"),
    path("exemptions/", exemptions, name="exemptions"),
    path("exemptions/<int:pk>/evidence/", exemption_evidence, name="exemption_evidence"),
    path("exemptions/<int:pk>/decide/", decide, name="decide_exemption"),
    path("shared-contacts/", shared_contacts, name="shared_contacts"),
    path("shared-contacts/<slug:field>/<slug:value_hash>/", shared_contact, name="shared_contact"),
    path("gates/", gate_answers, name="gate_answers"),
    path("gates/<int:pk>/", gate_answer, name="gate_answer"),
    path("gates/<int:pk>/override/", override, name="override_gate"),
    path("evidence/<int:pk>/", evidence, name="evidence"),
    path("evidence/<int:pk>/withdraw/", take_back_evidence, name="withdraw_evidence"),
    path("customers/<int:pk>/contact/", note_contact, name="note_contact"),
    path("customers/<int:pk>/do-not-disturb/", do_not_disturb, name="do_not_disturb"),
    path("do-not-disturb/<int:pk>/end/", disturb_again, name="disturb_again"),
    path("call-list/", call_list, name="call_list"),
    path("appeals/", appeals, name="appeals"),
    path("appeals/<int:pk>/", appeal, name="appeal"),
    path("appeals/<int:pk>/message/", appeal_message, name="appeal_message"),
    path("appeals/<int:pk>/decide/", appeal_decide, name="appeal_decide"),
    path("appeals/<int:pk>/withdraw/", appeal_withdraw, name="appeal_withdraw"),
    path("appeals/file/<int:pk>/", appeal_file, name="appeal_file"),
    path("findings/<int:finding_pk>/appeal/", make_appeal, name="make_appeal"),
    path("extensions/", extensions, name="extensions"),
    path("extensions/<int:pk>/answer/", answer_days, name="extension_answer"),
    path("extensions/<int:pk>/withdraw/", take_days_back, name="extension_withdraw"),
    path("rectifications/<int:pk>/pause/", pause, name="rectification_pause"),
    path("rectifications/<int:pk>/resume/", resume, name="rectification_resume"),
    path("rectifications/<int:pk>/extend/", ask_for_days, name="rectification_extend"),
    path("rectifications/<int:pk>/end/", end_without, name="rectification_end"),
    path("board/", board, name="team_board"),
    path("board/assign/", assign, name="assign_rectifications"),
    path("board/assign-by-rule/", assignment_rules.assign_waiting, name="assign_by_rule"),
    path("assignment-rules/", assignment_rules.assignment_rules, name="assignment_rules"),
    path("assignment-rules/add/", assignment_rules.assignment_rule_add, name="assignment_rule_add"),
    path("assignment-rules/<int:pk>/", assignment_rules.assignment_rule, name="assignment_rule"),
    path(
        "assignment-rules/<int:pk>/switch/",
        assignment_rules.assignment_rule_switch,
        name="assignment_rule_switch",
    ),
    path("assignment-rules/<int:pk>/move/", assignment_rules.assignment_rule_move, name="assignment_rule_move"),
    path("letters/", letters.letters, name="letters"),
    path("letters/write/<int:agency_pk>/", letters.letter_write, name="letter_write"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/pdf/", letters.letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/sent/", letters.letter_sent, name="letter_sent"),
    path("letters/<int:pk>/received/", letters.letter_received, name="letter_received"),
    path("letters/<int:pk>/answer/", letters.letter_answer, name="letter_answer"),
    path(
        "rectification-settings/",
        rectification_settings.rectification_settings,
        name="rectification_settings",
    ),
    path("rectification-settings/level/", rectification_settings.service_level, name="service_level"),
    path("rectification-settings/limit/", rectification_settings.correction_limit, name="correction_limit"),
    path("rectification-settings/step/", rectification_settings.escalation_step, name="escalation_step"),
    path(
        "rectification-settings/step/<int:pk>/remove/",
        rectification_settings.escalation_step_remove,
        name="escalation_step_remove",
    ),
    path("board/bulk/", bulk_preview, name="bulk_preview"),
    path("bulk/", bulk_actions, name="bulk_actions"),
    path("bulk/<int:pk>/", bulk_action, name="bulk_action"),
    path("bulk/<int:pk>/progress/", bulk_progress, name="bulk_progress"),
    path("bulk/<int:pk>/undo/", bulk_undo, name="bulk_undo"),
    path("board/take-back/", take_back, name="take_back_rectifications"),
    path("review/", review_queue, name="review_queue"),
    path("review/accept/", accept_many, name="review_accept_many"),
    path("review/<int:pk>/", review, name="review"),
    path("review/<int:pk>/accept/", accept, name="review_accept"),
    path("review/<int:pk>/return/", give_back, name="review_return"),
    path("second-looks/", second_looks, name="second_looks"),
    path("second-looks/<int:pk>/", second_look, name="second_look"),
    path("second-looks/<int:pk>/result/", second_look_result, name="second_look_result"),
    path("disputes/", disputes, name="disputes"),
    path("disputes/<int:pk>/answer/", answer, name="dispute_answer"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/find/", duplicates.find, name="find_duplicates"),
    path("duplicates/assign/", duplicates.assign, name="assign_duplicates"),
    path("duplicates/<int:pk>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/take/", duplicates.take, name="take_duplicate"),
    path("duplicates/<int:pk>/distinct/", duplicates.distinct, name="distinct_duplicate"),
    path("duplicates/<int:pk>/reopen/", duplicates.reopen, name="reopen_duplicate"),
    path("duplicates/<int:pk>/merge/", duplicates.propose, name="propose_merge"),
    path("merges/<int:pk>/", merges.merge, name="merge"),
    path("merges/<int:pk>/accept/", merges.accept, name="accept_merge"),
    path("merges/<int:pk>/return/", merges.give_back, name="return_merge"),
    path("merges/<int:pk>/undo/", merges.undo, name="undo_merge"),
    path("merges/<int:pk>/undo/decide/", merges.decide_undo, name="decide_undo"),
]
