"""Every address of the product. Pages above, the REST door below; the public list is short and tested."""

from django.contrib import admin
from django.urls import include, path

from accounts import factor_views as factor
from accounts import views as accounts
from administration import reset_views as resets
from deadlines import views as deadlines
from documents import views as documents
from foundation.health import views as health
from foundation.typed import views as typed
from oversight import audit_views as trail
from oversight import calendar_views as years
from oversight import views as oversight
from oversight import work_views as work
from oversight.returned import returned_list
from referrals.views import correcting, detail, drafting, files, lists, notices, papers
from systems import agency_views as agency_systems
from systems import views as systems

handler400, handler403 = "config.faults.bad_request", "config.faults.forbidden"
handler404, handler500 = "config.faults.not_found", "config.faults.server_error"
urlpatterns = [
    path("", lists.workbench, name="workbench"),
    path("referrals/", lists.referral_list, name="referrals"),
    path("referrals/desk/<slug:name>/", lists.referral_list, name="desk"),
    path("referrals/bulk/", lists.bulk, name="bulk"),
    path("referrals/new/", drafting.new_referral, name="new-referral"),
    path("referrals/check-code/", drafting.check_code, name="check-code"),
    path("referrals/exports/", files.exports, name="exports"),
    path("referrals/exports/<int:pk>/", files.export_file, name="export-file"),
    path("referrals/<int:pk>/", detail.referral_detail, name="referral"),
    path("referrals/<int:pk>/edit/", drafting.edit_referral, name="edit-referral"),
    path("referrals/<int:pk>/correct/", correcting.correct_page, name="correct-facts"),
    path("referrals/<int:pk>/autosave/", drafting.autosave, name="autosave"),
    path("referrals/<int:pk>/preview/", files.letter_preview, name="letter-preview"),
    path("referrals/<int:pk>/materials/", papers.upload, name="upload"),
    path("referrals/<int:pk>/materials/<int:material_id>/", files.material_file, name="material"),
    path("referrals/<int:pk>/materials/<int:material_id>/preview/", files.material_preview, name="material-preview"),
    path("referrals/<int:pk>/materials/<int:material_id>/describe/", papers.describe, name="describe-material"),
    path("referrals/<int:pk>/materials/<int:material_id>/remove/", papers.remove, name="remove-material"),
    path("referrals/<int:pk>/documents/<int:document_id>/", files.document_file, name="document"),
    path("referrals/<int:pk>/act/<slug:verb>/", detail.act_on_referral, name="act"),
    path("referrals/<int:pk>/progress/<int:message_id>/", notices.progress_file, name="progress-file"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/<int:pk>/", notices.notice_detail, name="notice"),
    path("notices/<int:pk>/act/<slug:verb>/", notices.act_on_notice, name="notice-act"),
    path("notices/<int:pk>/document/", notices.notice_document, name="notice-document"),
    path("disputes/<int:pk>/act/<slug:verb>/", detail.act_on_dispute, name="dispute-act"),
    path("returned/", returned_list, name="returned"),
    path("escalations/", oversight.escalation_list, name="escalations"),
    path("escalations/<int:pk>/", oversight.escalation_detail, name="escalation"),
    path("escalations/<int:pk>/act/<slug:verb>/", oversight.act_on_escalation, name="escalation-act"),
    path("escalations/<int:pk>/documents/<int:document_id>/", oversight.escalation_document, name="escalation-document"),
    path("audit/", trail.audit_page, name="audit"),
    path("audit/verify/", trail.verify_audit_trail, name="verify-audit"),
    path("clocks/<int:pk>/", oversight.clock_page, name="clock"),
    path("messages/", oversight.message_list, name="messages"),
    path("messages/read/", oversight.messages_all_read, name="messages-read"),
    path("messages/<int:pk>/", oversight.message_read, name="message"),
    path("work/", work.parked_work, name="parked-work"),
    path("work/<int:pk>/<slug:verb>/", work.act_on_work, name="work-act"),
    path("systems/", systems.client_list, name="systems"),
    path("systems/agency/", agency_systems.agency_systems, name="agency-systems"),
    path("systems/agency/<int:pk>/<slug:verb>/", agency_systems.act_on_agency_system, name="agency-system-act"),
    path("systems/<int:pk>/", systems.client_page, name="system"),
    path("systems/<int:pk>/act/<slug:verb>/", systems.act_on_client, name="system-act"),
    path("systems/<int:pk>/endpoints/<int:endpoint_id>/<slug:verb>/", systems.act_on_endpoint, name="endpoint-act"),
    path("systems/<int:pk>/deliveries/<int:delivery_id>/resend/", systems.resend_delivery, name="resend-delivery"),
    path("calendar/", years.year_page, name="calendar"),
    path("calendar/import/", years.load_year, name="load-year"),
    path("calendar/proposals/<int:pk>/<slug:verb>/", years.act_on_year, name="year-act"),
    path("calendar/<int:year>/", years.year_page, name="calendar-year"),
    path("rules/", deadlines.rules_page, name="rules"),
    path("password-resets/", resets.password_resets, name="password-resets"),
    path("password-resets/<int:pk>/give/", resets.give_reset, name="give-reset"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("password/", accounts.change_password, name="change-password"),
    path("settings/", accounts.settings_page, name="settings"),
    path("settings/authenticator/", factor.totp, name="totp"),
    path("post/", accounts.switch_post, name="switch-post"),
    path("language/", accounts.set_language, name="set-language"),
    path("typed/", typed.typed, name="typed"),
    path("typed/key/", typed.typed_key, name="typed-key"),
    path("typed/discard/", typed.discard_typed, name="discard-typed"),
    path("typed/<int:pk>/", typed.typed_kept, name="typed-kept"),
    path("verify/", documents.verify, name="verify"),
    path("verify/<slug:code>/", documents.verify, name="verify-code"),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
    # As monitors that were set up before know them.
    path("health/web/", health.ready, name="health-web"),
    path("health/watch/", health.watch, name="health-watch"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("config.api")),
    path("admin/", admin.site.urls),
]
