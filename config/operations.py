"""What each operation of the REST door is called, in the reader's words. A verb is called as its lifecycle calls it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

SUBJECTS = {
    "agencies": _("机构"), "cases": _("案件"), "disputes": _("管辖争议"), "documents": _("公文"), "due dates": _("期限与到期日"), "escalations": _("督办"),
    "events": _("事件"), "materials": _("材料"), "notices": _("通报"), "reference": _("参照"), "referrals": _("移送"),
}  # fmt: skip
SUMMARIES = {
    "agencies_list": _("本地现存的机构"),
    "cases_list": _("本机关发现或参与的案件，可按当事人代码查"),
    "cases_read": _("一个案件及其可见的移送"),
    "clocks_read": _("一个时限，逐日说明计与不计的理由"),
    "corrections_list": _("使到期日推后的更正，新的在前"),
    "deliveries_list": _("事件投递记录与对方的回答"),
    "deliveries_resend": _("重新发送一个事件"),
    "disputes_list": _("可见的管辖争议"),
    "disputes_read": _("一件管辖争议及现在可以办理的事项"),
    "documents_download": _("公文 PDF，可按区间下载"),
    "documents_read": _("一份公文的文号、摘要值和生成情况"),
    "due_dates": _("到期日服务：单个或至多一千个问题，附逐日理由"),
    "endpoints_list": _("本客户端的事件接收地址"),
    "endpoints_read": _("一个事件接收地址"),
    "endpoints_subscribe": _("订阅事件，签名密钥只告知一次"),
    "endpoints_unsubscribe": _("停止订阅"),
    "escalations_list": _("可见的督办事项"),
    "escalations_read": _("一件督办事项及现在可以办理的事项"),
    "materials_attach": _("一次上传一份材料"),
    "materials_describe": _("登记一份材料的份数、页数、原件或复印件"),
    "materials_download": _("材料原件，可按区间下载"),
    "materials_preview": _("材料的预览图"),
    "materials_list": _("一件移送的材料"),
    "materials_read": _("一份材料的信息"),
    "materials_remove": _("从草稿删除一份材料"),
    "matters_list": _("本地的违法事项及主管机关"),
    "notices_list": _("发出和收到的通报"),
    "notices_read": _("一件通报及现在可以办理的事项"),
    "progress_download": _("进展的附件，可按区间下载"),
    "progress_list": _("一件移送的办理进展"),
    "referrals_bulk": _("对多件办理同一事项，逐件回答"),
    "referrals_ledger": _("台账，流式输出 CSV 或逐行 JSON"),
    "referrals_list": _("移送列表：筛选、翻页、按更新时间同步"),
    "referrals_read": _("一件移送：现状、可以办理的事项、时限、材料、公文"),
    "referrals_returned": _("退回与重新移送的清单，供监督机关查看"),
    "referrals_save_draft": _("修改草稿，只改所给的字段"),
    "referrals_start_draft": _("起草移送"),
    "referrals_timeline": _("一件移送的全部经过"),
    "schema": _("OpenAPI 文档"),
    "uploads_list": _("自己未传完的上传"),
    "uploads_begin": _("开始分段上传"),
    "uploads_cancel": _("放弃分段上传"),
    "uploads_complete": _("各段传完，核对并附上"),
    "uploads_put_part": _("上传一段"),
    "uploads_read": _("分段上传的进度"),
    "who": _("我是谁：岗位与令牌的权限范围"),
}


def add_summaries(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """For drf-spectacular: the summary of each operation that is no verb of a lifecycle (those bring their own)."""
    for item in result["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "operationId" in operation and not operation.get("summary"):
                operation["summary"] = SUMMARIES[operation["operationId"]]
    return result


# From the story of one case in Xuecheng: 区住建局 finds it, 区综合行政执法局 is competent.
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "referrals_start_draft": (
        "占道堆放建筑材料，移送区综合行政执法局",
        {
            "source": "inspection", "found_at": "2026-03-09T09:00:00+08:00", "determined_at": "2026-03-09T15:30:00+08:00", "place": "薛城区泰山南路88号",
            "matter": 3, "facts": "现场检查发现当事人在道路上堆放建筑材料约二十平方米，未取得占用许可。", "party_kind": "enterprise",
            "party_name": "枣庄喆堃建材有限公司", "party_code": "91370403MA3C000071", "preliminary_investigation": "已作现场检查，制作笔录并拍照。",
            "to_agency": 1, "reasons": "该行为由对方行使行政处罚权。", "contact": "经办人，0632-4400000",
        },
    ),
    "referrals_save_draft": ("补写事实", {"facts": "现场检查发现当事人在道路上堆放建筑材料约二十平方米，已责令清理。"}),
    "referrals_bulk": ("一次签收两件", {"verb": "sign_for", "items": [{"id": 12, "version": 4}, {"id": 13, "version": 4}]}),
    "referrals_object": ("不属本机关管辖", {"reasons": "该路段由园区管理，不属本机关管辖。", "suggested": 2}),
    "referrals_request_supplement": ("材料不全", {"wanted": "请补充现场照片和当事人身份证明。"}),
    "referrals_decide": ("作出处罚决定", {"decision": "罚款人民币二千元。", "number": "薛综执罚字〔2026〕1号"}),
    "referrals_return_to_drafter": ("退回修改", {"reason": "请补充认定管辖的依据。"}),
    "disputes_offer_agreement": ("协商由一方办理", {"handler": 1, "words": "材料齐备，由你单位办理为宜。"}),
    "escalations_explain": ("说明逾期原因", {"words": "因现场勘验延误，已于三月十六日答复。"}),
    "endpoints_subscribe": ("只要送达和受理", {"url": "https://events.example.org/yisong", "events": ["referral.deliver", "referral.accept"]}),
    "uploads_begin": ("十二兆的现场录像", {"slot": "preliminary_evidence", "name": "现场录像.mp4", "size": 12582912}),
}  # fmt: skip
STALE = {
    "type": "/api/v1/problems/#stale", "title": "记录已被他人改动", "status": 412, "detail": "这条记录刚被他人改动（现为第 5 版，您看到的是第 4 版），请核对后再办。",
    "current": '"v5"', "changes": [{"version": 5, "verb": "sign_for", "label": "签收", "at": "2026-03-10T08:40:12+08:00", "agency": "区综合行政执法局"}],
}  # fmt: skip


def add_examples(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """For drf-spectacular: what is sent in the story, and what a stale version is answered."""
    for item in result["paths"].values():
        for operation in item.values():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            given = EXAMPLES.get(operation["operationId"])
            if given:
                operation["requestBody"]["content"]["application/json"]["examples"] = {"story": {"summary": given[0], "value": given[1]}}
            stale = operation["responses"].get("412")
            if stale:
                stale["content"]["application/problem+json"] = {**stale["content"]["application/problem+json"], "example": STALE}
    return result
