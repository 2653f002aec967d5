"""Cases in every state, made through the services at the times at which they would have been made."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.utils import timezone
from stdnum.cn import uscc

from accounts.actors import Actor
from accounts.kinds import Post
from deadlines.book import current_calendar
from deadlines.calendar import SHANGHAI
from demo.world import World
from foundation.cases.models import Matter
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from referrals.models import Referral

BUREAU, HOUSING, MARKET, ECOLOGY, TOWN = "区综合行政执法局", "区住建局", "区市场监管局", "薛城生态环境分局", "陶庄镇"


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Set the clock back while the demonstration's past is made."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


class Story:
    """One case after another, each told from its finding on."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, 0
        self.now = timezone.now()

    def ago(self, workdays: int, hour: int = 9, minute: int = 20) -> dt.datetime:
        """That many working days before today, at that time."""
        today = self.now.astimezone(SHANGHAI).date()
        day = current_calendar().add_workdays(today, -workdays) if workdays else today
        moment = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
        return min(moment, self.now - dt.timedelta(minutes=5))

    def actor(self, agency: str, post: str = Post.CLERK) -> Actor:
        return self.world.actor(agency, post)

    def draft(self, moment: dt.datetime, sender: str, receiver: str, matter: str, party: str, place: str, facts: str, **more: Any) -> Referral:
        self.count += 1
        body = f"91370403MA3D{self.count:05d}"
        data = {
            "source": "inspection", "found_at": moment - dt.timedelta(hours=3), "place": place, "township": self.world.agencies[TOWN],
            "matter": Matter.objects.get(jurisdiction=self.world.jurisdiction, name=matter), "facts": facts, "party_kind": "enterprise",
            "party_name": party, "party_code": body + uscc.calc_check_digit(body),
            "preliminary_investigation": "执法人员到现场核查，制作现场检查笔录，拍摄照片，并询问现场负责人。",
            "to_agency": self.world.agencies[receiver], "determined_at": moment - dt.timedelta(hours=1),
            "reasons": f"经核对权责清单，该事项由{receiver}负责查处，本机关没有相应的行政处罚权。",
            "contact": f"{sender}经办人，0632-4400000", "copies": [self.world.agencies["区司法局"]] if more.pop("copied", False) else [],
        }  # fmt: skip
        with at(moment):
            referral = services.start_draft(by=self.actor(sender), data=data | more)
            for slot, name in (("source_materials", "现场检查笔录.txt"), ("preliminary_evidence", "现场照片说明.txt")):
                words = f"{name}\n{place}\n{facts}\n".encode()
                services.attach_material(referral.pk, by=self.actor(sender), slot=slot, name=name, size=len(words), stream=io.BytesIO(words))
        return referral

    def submitted(self, moment: dt.datetime, *args: Any, **more: Any) -> Referral:
        referral = self.draft(moment, *args, **more)
        with at(moment + dt.timedelta(minutes=20)):
            return services.submit_referral(referral.pk, by=self.actor(referral.from_agency.short_name))

    def delivered(self, moment: dt.datetime, *args: Any, **more: Any) -> Referral:
        referral = self.submitted(moment, *args, **more)
        with at(moment + dt.timedelta(minutes=50)):
            services.sign_referral(referral.pk, by=self.actor(referral.from_agency.short_name, Post.LEADER))
        return Referral.objects.select_related("from_agency", "to_agency").get(pk=referral.pk)

    def receiver(self, referral: Referral, post: str = Post.CLERK) -> Actor:
        assert referral.to_agency is not None
        return self.actor(referral.to_agency.short_name, post)

    def accepted(self, moment: dt.datetime, *args: Any, **more: Any) -> Referral:
        referral = self.delivered(moment, *args, **more)
        with at(moment + dt.timedelta(hours=3)):
            services.sign_for_referral(referral.pk, by=self.receiver(referral))
            services.accept_referral(referral.pk, by=self.receiver(referral))
        return referral

    def decided(self, moment: dt.datetime, when: dt.datetime, *args: Any, **more: Any) -> Referral:
        referral = self.accepted(moment, *args, **more)
        with at(moment + dt.timedelta(hours=4)):
            services.handle_referral(referral.pk, by=self.receiver(referral))
        with at(when):
            services.decide_referral(
                referral.pk, by=self.receiver(referral), kind="penalty", at=when, number=f"薛综执罚决字〔{when.year}〕第{self.count}号",
                decision="责令当事人立即改正，处以罚款人民币贰仟元整。当事人已当场改正。",
            )  # fmt: skip
        return referral


def tell(world: World) -> None:
    """The whole demonstration: some due today, some overdue, every state once at least."""
    s = Story(world)
    _at_home(s)
    _out(s)
    _handled(s)
    _disputed(s)
    _overdue(s)


def _at_home(s: Story) -> None:
    s.draft(s.ago(0), HOUSING, BUREAU, "未按规定处置建筑垃圾", "枣庄宏基渣土运输有限公司", "陶庄镇薛陶路中段", "夜间在路边倾倒渣土约三车。")
    back = s.submitted(
        s.ago(1, 10), HOUSING, BUREAU, "擅自占用城市道路堆放物料", "枣庄安泰市政工程有限公司", "永福南路与燕山路口", "占用人行道堆放路缘石。"
    )
    with at(s.ago(1, 15)):
        services.return_referral(back.pk, by=s.actor(HOUSING, Post.LEADER), reason="事实部分请补充占用面积和起止时间。")
    s.submitted(
        s.ago(0, 9, 40),
        HOUSING,
        BUREAU,
        "未取得建设工程规划许可证进行建设",
        "枣庄市薛城区鑫源物流园",
        "常庄街道薛城大道西侧",
        "未取得规划许可证加建钢结构库房约四百平方米。",
    )
    s.submitted(s.ago(0, 10, 5), BUREAU, MARKET, "无照经营", "薛城区临山小吃店", "临山路夜市北口", "巡查发现该店未取得营业执照从事餐饮经营。")
    gone = s.submitted(s.ago(4), HOUSING, BUREAU, "擅自占用城市道路堆放物料", "枣庄恒通建材经营部", "黄河路建材市场外", "占道堆放砂石。")
    with at(s.ago(3)):
        services.discard_referral(gone.pk, by=s.actor(HOUSING, Post.LEADER), reason="当事人已自行清理，违法情节轻微。")


def _out(s: Story) -> None:
    s.delivered(
        s.ago(0, 8, 50),
        HOUSING,
        BUREAU,
        "擅自占用城市道路堆放物料",
        "枣庄喆堃建材有限公司",
        "泰山南路88号门前",
        "在道路上堆放建筑材料约二十平方米，未取得占用许可。",
        copied=True,
    )
    due = s.delivered(
        s.ago(3, 9), HOUSING, BUREAU, "未按规定处置建筑垃圾", "山东鲁南建设集团第三项目部", "新城街道长江西路工地", "未办理处置核准外运建筑垃圾。"
    )
    with at(s.ago(2, 9)):
        services.sign_for_referral(due.pk, by=s.receiver(due))
    soon = s.delivered(s.ago(2, 9), BUREAU, MARKET, "未经许可从事餐饮服务", "薛城区聚福楼饭店", "德仁路17号", "现场不能出示食品经营许可证。")
    with at(s.ago(1, 9)):
        services.sign_for_referral(soon.pk, by=s.receiver(soon))
        services.request_supplement(soon.pk, by=s.receiver(soon), wanted="请补充经营场所照片和询问笔录。")
    s.delivered(
        s.ago(1, 16), TOWN, ECOLOGY, "工业企业违法排放污水", "枣庄润泽化工有限公司", "陶庄镇工业园东区", "厂区雨水口有异色废水外排，仍在排放。",
        ongoing=True, onsite_measures="已责令立即停止排放，封堵雨水口，取样两份。", stopped_at=s.ago(1, 13, 40), urgent=True, urgent_reason="废水正流入薛城大沙河支流。",
    )  # fmt: skip


def _handled(s: Story) -> None:
    s.accepted(s.ago(2, 9), HOUSING, BUREAU, "露天焚烧产生有毒有害烟尘的物质", "枣庄正大包装材料厂", "邹坞镇北环路", "在厂区空地焚烧废塑料。")
    handled = s.accepted(
        s.ago(4, 9), BUREAU, HOUSING, "未取得施工许可证擅自施工", "枣庄天元房地产开发有限公司", "燕山路与永兴路口", "未取得施工许可证即开挖基坑。"
    )
    with at(s.ago(3, 9)):
        services.handle_referral(handled.pk, by=s.receiver(handled))
    s.decided(s.ago(9), s.ago(2, 10), HOUSING, BUREAU, "擅自占用城市道路堆放物料", "薛城区顺达汽修厂", "珠江路汽配城", "占用人行道维修车辆。")
    told = s.decided(
        s.ago(12), s.ago(6, 10), HOUSING, BUREAU, "未按规定处置建筑垃圾", "枣庄盛达拆迁有限公司", "临城街道旧城改造地块", "拆除垃圾未密闭运输。"
    )
    with at(s.ago(5, 10)):
        services.report_result(told.pk, by=s.receiver(told))
    closed = s.decided(
        s.ago(20), s.ago(14, 10), HOUSING, BUREAU, "擅自占用城市道路堆放物料", "薛城区利民五金商店", "新兴路41号", "店外占道摆放货物。"
    )
    with at(s.ago(13, 10)):
        services.report_result(closed.pk, by=s.receiver(closed))
    with at(s.ago(12, 10)):
        services.close_referral(closed.pk, by=s.actor(HOUSING))
    refused = s.delivered(s.ago(6), BUREAU, MARKET, "销售不合格燃气器具", "薛城区永发厨具店", "泰山中路商贸城", "涉嫌销售无熄火保护装置的燃气灶。")
    with at(s.ago(5, 10)):
        services.not_accept_referral(
            refused.pk, by=s.receiver(refused), kind="papers", reasons="移送材料中没有产品型号和进货凭证，无法核查，请补齐后另行移送。"
        )


def _disputed(s: Story) -> None:
    reasons = "该地块位于开发区范围，由开发区自行管理，不属本机关管辖。"
    fresh = s.delivered(
        s.ago(3, 11), HOUSING, BUREAU, "未取得建设工程规划许可证进行建设", "枣庄启航仓储有限公司", "常庄街道民营园", "擅自加建雨棚三百平方米。"
    )
    with at(s.ago(2, 11)):
        services.object_referral(fresh.pk, by=s.receiver(fresh), reasons=reasons)
    reported = s.delivered(s.ago(5, 11), BUREAU, ECOLOGY, "工业企业违法排放污水", "枣庄长青食品加工厂", "周营镇牛山路", "清洗废水直排路边沟渠。")
    with at(s.ago(4, 11)):
        dispute = services.object_referral(reported.pk, by=s.receiver(reported), reasons="属生活污水乱排，应由城市管理部门处理。")
    with at(s.ago(3, 15)):
        services.report_dispute(dispute.pk, by=s.receiver(reported, Post.LEADER))
    agreed = s.delivered(
        s.ago(6, 14), HOUSING, BUREAU, "未取得施工许可证擅自施工", "枣庄鼎盛钢构有限公司", "薛城经济开发区", "未取得施工许可证搭建厂房。"
    )
    with at(s.ago(5, 14)):
        third = services.object_referral(agreed.pk, by=s.receiver(agreed), reasons="施工许可监管和处罚未划转。")
        services.offer_agreement(third.pk, by=s.receiver(agreed, Post.LEADER), handler=s.world.agencies[HOUSING], words="由贵局继续查处。")
    with at(s.ago(4, 14)):
        services.confirm_agreement(third.pk, by=s.actor(HOUSING, Post.LEADER), offer=1)
    settled = s.delivered(s.ago(8, 11), HOUSING, BUREAU, "娱乐场所超时经营", "薛城区金色年华歌厅", "永福中路201号", "次日三时仍在营业。")
    with at(s.ago(7, 11)):
        second = services.object_referral(settled.pk, by=s.receiver(settled), reasons="娱乐场所监管属文化主管部门职责。")
        services.report_dispute(second.pk, by=s.receiver(settled, Post.HEAD))
    with at(s.ago(6, 11)):
        office = s.actor("区政府办公室", Post.GOVERNMENT_CLERK)
        services.propose_designation(second.pk, by=office, words="建议由区文旅局管辖。", handler=s.world.agencies["区文旅局"])
    with at(s.ago(1, 14)):
        services.designate_agency(
            second.pk,
            by=s.actor("区政府", Post.GOVERNMENT_LEADER),
            handler=s.world.agencies["区文旅局"],
            reasons="依照《娱乐场所管理条例》，由文化主管部门查处。",
        )


def _overdue(s: Story) -> None:
    rows = [
        ("擅自占用城市道路堆放物料", "枣庄中汇混凝土有限公司", "京台高速薛城出口匝道旁", "占用道路停放搅拌车并冲洗。"),
        ("未按规定处置建筑垃圾", "枣庄建安装饰工程有限公司", "和谐家园小区北门", "装修垃圾堆放在绿化带内。"),
        ("露天焚烧产生有毒有害烟尘的物质", "薛城区鸿运废品收购站", "沙沟镇一村东首", "焚烧电线外皮提取铜丝。"),
    ]
    for number, (matter, party, place, facts) in enumerate(rows):
        s.delivered(s.ago(6 + number, 9), HOUSING, BUREAU, matter, party, place, facts)
    s.delivered(s.ago(7, 9), BUREAU, HOUSING, "未取得施工许可证擅自施工", "枣庄众信置业有限公司", "光明西路南侧", "未取得施工许可证进行主体施工。")
    watch.sweep(s.now)
    late = list(Escalation.objects.filter(jurisdiction=s.world.jurisdiction).order_by("pk"))
    clerk, leader = s.actor("区政府办公室", Post.GOVERNMENT_CLERK), s.actor("区政府", Post.GOVERNMENT_LEADER)
    for escalation in late[:2]:
        desk.propose_escalation(escalation.pk, by=clerk, words="已电话催办一次，仍未答复，建议发函督办。", order="supervise")
    if len(late) > 1:
        until = (s.now + dt.timedelta(days=7)).date()
        desk.instruct_escalation(late[1].pk, by=leader, order="supervise", words="请立即答复，并说明逾期原因。", until=until)
