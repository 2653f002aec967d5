"""The REST door's addresses: one path a verb."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from oversight.api import ESCALATION_ACT_VIEWS, EscalationList, EscalationOne
from referrals.api import (
    DISPUTE_ACT_VIEWS,
    REFERRAL_ACT_VIEWS,
    DisputeOne,
    ReferralBulk,
    ReferralList,
    ReferralMaterials,
    ReferralOne,
)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("referrals/", ReferralList.as_view(), name="api-referrals"),
    path("referrals/bulk/", ReferralBulk.as_view(), name="api-bulk"),
    path("referrals/<int:pk>/", ReferralOne.as_view(), name="api-referral"),
    path("referrals/<int:pk>/materials/", ReferralMaterials.as_view(), name="api-materials"),
    path("disputes/<int:pk>/", DisputeOne.as_view(), name="api-dispute"),
    path("escalations/", EscalationList.as_view(), name="api-escalations"),
    path("escalations/<int:pk>/", EscalationOne.as_view(), name="api-escalation"),
    *(path(f"referrals/<int:pk>/{verb}/", view, name=f"api-referral-{verb}") for verb, view in REFERRAL_ACT_VIEWS.items()),
    *(path(f"disputes/<int:pk>/{verb}/", view, name=f"api-dispute-{verb}") for verb, view in DISPUTE_ACT_VIEWS.items()),
    *(path(f"escalations/<int:pk>/{verb}/", view, name=f"api-escalation-{verb}") for verb, view in ESCALATION_ACT_VIEWS.items()),
]
