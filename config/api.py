"""The REST door's addresses: one path a verb."""

from django.urls import path

from config.api_pages import DoorSchema, api_page, problems_page
from deadlines.rest import DueDates
from oversight.rest import ESCALATION_ACT_VIEWS, CorrectionList, EscalationList, EscalationOne
from oversight.rest_returned import Returned
from referrals.rest import cases, disputes, materials, notices, referrals
from referrals.rest.acts import DISPUTE_ACT_VIEWS, REFERRAL_ACT_VIEWS
from systems import rest as systems
from systems.tokens import GiveToken

urlpatterns = [
    path("", api_page, name="api-page"),
    path("problems/", problems_page, name="api-problems"),
    path("schema/", DoorSchema.as_view(), name="api-schema"),
    path("token/", GiveToken.as_view(), name="api-token"),
    path("who/", cases.Who.as_view(), name="api-who"),
    path("agencies/", cases.Agencies.as_view(), name="api-agencies"),
    path("matters/", cases.Matters.as_view(), name="api-matters"),
    path("due-dates/", DueDates.as_view(), name="api-due-dates"),
    path("cases/", cases.CaseList.as_view(), name="api-cases"),
    path("cases/<int:pk>/", cases.CaseOne.as_view(), name="api-case"),
    path("clocks/<int:pk>/", cases.ClockOne.as_view(), name="api-clock"),
    path("referrals/", referrals.ReferralList.as_view(), name="api-referrals"),
    path("referrals/bulk/", referrals.ReferralBulk.as_view(), name="api-bulk"),
    path("referrals/returned/", Returned.as_view(), name="api-returned"),
    path("referrals/ledger/", referrals.Ledger.as_view(), name="api-ledger"),
    path("referrals/<int:pk>/", referrals.ReferralOne.as_view(), name="api-referral"),
    path("referrals/<int:pk>/timeline/", referrals.ReferralTimeline.as_view(), name="api-timeline"),
    path("referrals/<int:pk>/materials/", materials.Materials.as_view(), name="api-materials"),
    path("referrals/<int:pk>/materials/<int:material_id>/", materials.MaterialOne.as_view(), name="api-material"),
    path("referrals/<int:pk>/materials/<int:material_id>/file/", materials.MaterialFile.as_view(), name="api-material-file"),
    path("referrals/<int:pk>/materials/<int:material_id>/preview/", materials.MaterialPreview.as_view(), name="api-material-preview"),
    path("referrals/<int:pk>/documents/<int:document_id>/", materials.DocumentOne.as_view(), name="api-document"),
    path("referrals/<int:pk>/documents/<int:document_id>/file/", materials.DocumentFile.as_view(), name="api-document-file"),
    path("referrals/<int:pk>/uploads/", materials.Uploads.as_view(), name="api-uploads"),
    path("uploads/<uuid:upload_id>/", materials.UploadOne.as_view(), name="api-upload"),
    path("uploads/<uuid:upload_id>/parts/<int:offset>/", materials.UploadPart.as_view(), name="api-upload-part"),
    path("uploads/<uuid:upload_id>/complete/", materials.UploadComplete.as_view(), name="api-upload-complete"),
    path("disputes/", disputes.DisputeList.as_view(), name="api-disputes"),
    path("disputes/<int:pk>/", disputes.DisputeOne.as_view(), name="api-dispute"),
    path("notices/", notices.NoticeList.as_view(), name="api-notices"),
    path("notices/<int:pk>/", notices.NoticeOne.as_view(), name="api-notice"),
    path("referrals/<int:pk>/progress/", notices.Progress.as_view(), name="api-progress"),
    path("referrals/<int:pk>/progress/<int:message_id>/file/", notices.ProgressFile.as_view(), name="api-progress-file"),
    path("escalations/", EscalationList.as_view(), name="api-escalations"),
    path("corrections/", CorrectionList.as_view(), name="api-corrections"),
    path("escalations/<int:pk>/", EscalationOne.as_view(), name="api-escalation"),
    path("endpoints/", systems.Endpoints.as_view(), name="api-endpoints"),
    path("endpoints/<int:pk>/", systems.EndpointOne.as_view(), name="api-endpoint"),
    path("deliveries/", systems.Deliveries.as_view(), name="api-deliveries"),
    path("deliveries/<int:pk>/resend/", systems.DeliveryResend.as_view(), name="api-resend"),
    *(path(f"referrals/<int:pk>/{verb}/", view, name=f"api-referral-{verb}") for verb, view in REFERRAL_ACT_VIEWS.items()),
    *(path(f"notices/<int:pk>/{verb}/", view, name=f"api-notice-{verb}") for verb, view in notices.NOTICE_ACT_VIEWS.items()),
    *(path(f"disputes/<int:pk>/{verb}/", view, name=f"api-dispute-{verb}") for verb, view in DISPUTE_ACT_VIEWS.items()),
    *(path(f"escalations/<int:pk>/{verb}/", view, name=f"api-escalation-{verb}") for verb, view in ESCALATION_ACT_VIEWS.items()),
]
