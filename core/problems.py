"""Every kind of refusal that the REST door knows, by its stable name: the status, a title, and what the caller can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

ADDRESS = "/api/v1/problems/"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """`status` as sent; `title` what it is; `advice` what to do about it."""

    status: int
    title: Any
    advice: Any


KINDS: dict[str, Kind] = {
    "bad-input": Kind(400, _("提交的内容有误"), _("按 errors 逐项改正后再提交；原样重试不会成功。")),
    "not-signed-in": Kind(401, _("未登录或令牌无效"), _("以客户端凭据换取新的访问令牌后重试。")),
    "scope-missing": Kind(403, _("令牌缺少所需的权限范围"), _("请系统管理员为客户端增加 scope 所列的范围，再换取新令牌。")),
    "not-allowed": Kind(403, _("该岗位不可以办理"), _("由有权的岗位办理；clause 为依据的条款。")),
    "not-visible": Kind(404, _("没有这条记录，或者看不到它"), _("核对编号；只有移送各方能看到一件移送。")),
    "method-not-allowed": Kind(405, _("这个地址不支持该方法"), _("见 Allow 响应头和接口说明。")),
    "not-acceptable": Kind(406, _("不提供所要的格式"), _("去掉 Accept 或改为 application/json。")),
    "wrong-state": Kind(409, _("现在的状态不能这样办理"), _("重新读取后按 allowed_actions 办理。")),
    "stale": Kind(412, _("记录已被他人改动"), _("核对 changes，以 current 为新的 If-Match 再办。")),
    "too-large": Kind(413, _("请求体过大"), _("JSON 不超过 1 MB；文件改用分段上传。")),
    "media-type": Kind(415, _("不支持的请求格式"), _("JSON 用 application/json（UTF-8），文件用 multipart/form-data。")),
    "range": Kind(416, _("所要的区间不在文件内"), _("Content-Range 给出文件的长度。")),
    "key-reused": Kind(422, _("Idempotency-Key 已用于另一请求"), _("新的请求用新的键；重试须与首次完全相同。")),
    "etag-required": Kind(428, _("须以 If-Match 给出所见的版本"), _("先读取，把响应的 ETag 放进 If-Match。")),
    "too-many": Kind(429, _("请求过于频繁"), _("等到 Retry-After 所示的秒数之后。")),
    "server-error": Kind(500, _("系统出错"), _("是否办成请先读取核对；以同一 Idempotency-Key 重试不会办两次。仍不成功时联系系统管理员。")),
    "database-away": Kind(503, _("数据库暂时连不上"), _("等到 Retry-After 所示的秒数之后，以同一 Idempotency-Key 重试；已办成的不会再办一次。")),
    "storage-full": Kind(507, _("服务器的存储空间已满"), _("联系系统管理员，腾出空间后以同一 Idempotency-Key 重试；已办成的不会再办一次。")),
}


def problem_answer(kind: str, detail: str, status: int = 0) -> JsonResponse:
    """The answer to REST where no view of its framework was reached; `status` 0: that of the kind."""
    known = KINDS[kind]
    said = {"type": type_of(kind), "title": str(known.title), "status": status or known.status, "detail": detail}
    return JsonResponse(said, status=said["status"], content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def type_of(kind: str) -> str:
    return f"{ADDRESS}#{kind}"
