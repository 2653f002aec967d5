"""The kinds of agency and of post that the five documents name. The only list of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    ENFORCEMENT_BUREAU = "enforcement_bureau", _("综合行政执法局")
    DEPARTMENT = "department", _("部门")
    TOWNSHIP = "township", _("镇")
    STREET = "street", _("街道")
    INTERNAL_ORGAN = "internal_organ", _("内设机构")
    DISPATCHED_BODY = "dispatched_body", _("派出机构")
    DIRECTLY_ATTACHED_BODY = "directly_attached_body", _("直属机构")
    PUBLIC_SECURITY = "public_security", _("公安机关")
    PROCURATORATE = "procuratorate", _("检察院")
    COURT = "court", _("法院")
    GOVERNMENT = "government", _("人民政府")
    GOVERNMENT_OFFICE = "government_office", _("政府办公室")
    SUPERVISION_OFFICE = "supervision_office", _("督查室")
    JUSTICE_BUREAU = "justice_bureau", _("司法局（法制办）")
    ESTABLISHMENT_OFFICE = "establishment_office", _("编办")
    DISCIPLINE_INSPECTION = "discipline_inspection", _("纪检监察")
    MEETING_OFFICE = "meeting_office", _("联席会议办公室")


DEPENDENT_KINDS = (AgencyKind.INTERNAL_ORGAN, AgencyKind.DISPATCHED_BODY, AgencyKind.DIRECTLY_ATTACHED_BODY)
TOWNSHIP_KINDS = (AgencyKind.TOWNSHIP, AgencyKind.STREET)
GOVERNMENT_KINDS = (AgencyKind.GOVERNMENT, AgencyKind.GOVERNMENT_OFFICE)
# Who may send and receive referral letters.
PARTY_KINDS = (
    AgencyKind.ENFORCEMENT_BUREAU, AgencyKind.DEPARTMENT, AgencyKind.TOWNSHIP, AgencyKind.STREET,
    AgencyKind.PUBLIC_SECURITY, AgencyKind.JUSTICE_BUREAU,
)  # fmt: skip


class Post(models.TextChoices):
    CLERK = "clerk", _("经办人")
    LIAISON = "liaison", _("联络员")
    LEADER = "leader_in_charge", _("分管领导")
    HEAD = "head", _("主要负责人")
    MEETING_OFFICE = "meeting_office", _("联席会议办公室工作人员")
    CONVENER = "convener", _("召集人（组长）")
    GOVERNMENT_CLERK = "government_clerk", _("政府办公室经办人")
    GOVERNMENT_LEADER = "government_leader", _("政府领导")
    SUPERVISION = "supervision", _("督查室工作人员")
    ADMINISTRATOR = "administrator", _("系统管理员")
    SECURITY = "security_administrator", _("安全管理员")
    AUDITOR = "auditor", _("审计管理员")
    SYSTEM = "system", _("系统")


CLERKS = (Post.CLERK, Post.LIAISON)
LEADERS = (Post.LEADER, Post.HEAD)
# Who signs for an agency, and who heads one, whatever its kind.
SIGNING = (*LEADERS, Post.CONVENER, Post.GOVERNMENT_LEADER)
HEADS = (Post.HEAD, Post.CONVENER, Post.GOVERNMENT_LEADER)
# GB/T 22239-2019 (8.1.5): three administrations in three hands. One person holds at most one of them.
THREE_ADMINISTRATORS = (Post.ADMINISTRATOR, Post.SECURITY, Post.AUDITOR)
# Who watches over clocks: an escalation of a letter that is out gives these a seat.
OVERSEER_KINDS = (AgencyKind.GOVERNMENT, AgencyKind.GOVERNMENT_OFFICE, AgencyKind.SUPERVISION_OFFICE, AgencyKind.MEETING_OFFICE)
