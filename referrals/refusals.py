"""The reasons for which a letter may be refused: a list chosen from by value, and words for the particulars.

None of the five documents lists grounds; XC-2.2-d wants due reason (正当理由), ZC-2.4.3-r wants it in writing. 'Not ours' is no plain
refusal: it opens an objection wherever the document knows one, whatever words it is dressed in.
"""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefusalKind(models.TextChoices):
    PAPERS = "papers", _("材料、证据不齐（补齐后可重新移送）")
    HANDLED = "handled", _("同一违法行为本机关已立案或者已处理")
    NO_VIOLATION = "no_violation", _("违法事实不成立")
    TIME_BARRED = "time_barred", _("已过追究时效")
    NOT_OURS = "not_ours", _("不属于本机关管辖（转为管辖异议）")
    OTHER = "other", _("其他（须写明，监督机关可见）")


OF_JURISDICTION = re.compile(
    r"不(?:属于?|归|在|是|应由|该由|由)[^。；;]{0,12}?(?:管辖|主管|职责|职权|职能|权限|管理)|(?:没有|无|不具有|不享有)[^。；;]{0,4}?(?:管辖|处罚|执法|管理)权"
    r"|(?:应|须|由)[^。；;]{0,14}?(?:管辖|主管)|不归(?:我|本)|管辖权"
)


def speaks_of_jurisdiction(words: str) -> bool:
    """Whether the words of a refusal say that the case is not this agency's."""
    return bool(OF_JURISDICTION.search("".join(words.split())))
