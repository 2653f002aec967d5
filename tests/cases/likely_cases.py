"""Realistic pairs of cases: the same facts typed in again, and other cases that only look alike. For measuring how they are told apart.

`python -m tests.cases.likely_cases` prints the table that docs/decisions/0025-same-facts.md quotes.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from dataclasses import replace

from deadlines.calendar import SHANGHAI
from foundation.cases.sameness import LIKELY, Facts, Who, likeness

ROADS = ["泰山南路", "永福中路", "珠江路", "燕山路", "德仁路", "新兴路", "长江西路", "光明西路", "临山路", "黄河东路", "海河西路", "民生路"]
TOWNS = ["临城街道", "常庄街道", "陶庄镇", "邹坞镇", "沙沟镇", "周营镇"]
WORDS = ["喆堃", "鼎盛", "顺达", "利民", "永发", "天元", "盛达", "启航", "长青", "正大", "众信", "润泽", "鸿运", "聚福楼", "金色年华"]
TRADES = ["建材", "餐饮", "五金", "装饰", "物流", "食品", "汽修", "置业", "包装", "仓储"]
PEOPLE = ["张伟", "王芳", "李强", "刘洋", "陈静", "杨勇", "赵敏", "孙涛", "周杰", "吴磊", "郑爽", "冯建国", "韩雪梅"]
MATTERS = {
    1: "现场检查发现{who}在{place}占用{side}人行道堆放{goods}约{n}平方米，未取得占用许可，当场责令清理，拒不改正。",
    2: "巡查时发现{who}在{place}未办理处置核准，用{n}辆车外运建筑垃圾，车辆未密闭，路面遗撒约{m}米。",
    3: "接举报后到{place}检查，{who}正在焚烧{goods}，产生有毒有害烟尘，过火面积约{n}平方米。",
    4: "{who}于{place}未取得施工许可证即组织施工，已完成{m}平方米{side}侧主体，现场有工人{n}名。",
    5: "对{place}检查，{who}未取得食品经营许可证从事餐饮服务，现场有餐桌{n}张，经营约{m}天。",
    6: "{who}在{place}夜间{n}时使用{goods}加工设备作业，噪声实测{m}分贝，超过标准限值。",
}
GOODS = ["砂石", "钢管", "木料", "电动车配件", "废塑料", "水泥袋", "五金货物", "冷饮柜", "包装箱"]


class Writer:
    """Writes cases as officers do; the same seed writes the same cases."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def moment(self) -> dt.datetime:
        return dt.datetime(2026, 3, 2, 9, tzinfo=SHANGHAI) + dt.timedelta(minutes=self.random.randrange(60 * 24 * 200))

    def code(self) -> str:
        return "91370403MA" + "".join(self.random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(8))

    def card(self) -> str:
        born = f"{self.random.randrange(1955, 2004)}{self.random.randrange(1, 13):02d}{self.random.randrange(1, 29):02d}"
        return f"370403{born}{self.random.randrange(1000, 9999)}"[:17] + "X"

    def firm(self) -> Who:
        name = self.random.choice(WORDS) + self.random.choice(WORDS)[:1] + self.random.choice(TRADES)
        return Who("enterprise", f"枣庄{name}有限公司", self.code())

    def person(self) -> Who:
        return Who("person", self.random.choice(PEOPLE), self.card())

    def place(self) -> str:
        return f"薛城区{self.random.choice(TOWNS)}{self.random.choice(ROADS)}{self.random.randrange(1, 300)}号"

    def facts(self, matter: int, who: str, place: str) -> str:
        r = self.random
        return MATTERS[matter].format(
            who=who or "一名当事人", place=place, goods=r.choice(GOODS), side=r.choice("东南西北"), n=r.randrange(2, 60), m=r.randrange(60, 900)
        )

    def case(self, who: Who | None = None, place: str = "", matter: int = 0, when: dt.datetime | None = None) -> Facts:
        who = who or (self.firm() if self.random.random() < 0.7 else self.person())
        place, matter = place or self.place(), matter or self.random.choice(list(MATTERS))
        return Facts((who,), matter, place, when or self.moment(), self.facts(matter, who.name, place))

    # The same facts typed in again.
    def full_width(self, old: Facts) -> Facts:
        who = old.parties[0]
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in who.code)
        return replace(old, parties=(replace(who, code=wide[:9] + " " + wide[9:]),))

    def no_code(self, old: Facts) -> Facts:
        who = old.parties[0]
        return replace(old, parties=(replace(who, code="", name=who.name.replace("有限公司", "有限责任公司")),))

    def unknown(self, old: Facts) -> Facts:
        return replace(old, parties=(), facts=old.facts.replace(old.parties[0].name, "当事人"))

    def reworded(self, old: Facts) -> Facts:
        """In the receiver's own words, found when the receiver came."""
        who = old.parties[0]
        when = old.found_at + dt.timedelta(days=self.random.randrange(0, 6)) if old.found_at else None
        return replace(old, found_at=when, facts=self.facts(old.matter_id or 1, who.name, old.place), place=old.place.replace("薛城区", "") + "门前")

    def unknown_reworded(self, old: Facts) -> Facts:
        return replace(self.reworded(old), parties=())

    def mistyped(self, old: Facts) -> Facts:
        who = old.parties[0]
        digits = list(who.code)
        digits[-3] = "5" if digits[-3] != "5" else "6"
        return replace(old, parties=(replace(who, code="".join(digits)),))

    def other_matter(self, old: Facts) -> Facts:
        return replace(old, matter_id=(old.matter_id or 1) % 6 + 1)

    def moved(self, old: Facts) -> Facts:
        """Everything copied, only the place is said to be another."""
        place = self.place()
        return replace(old, place=place, facts=old.facts.replace(old.place, place))

    # Other cases that look alike.
    def chain_store(self, old: Facts) -> Facts:
        """Another shop of the same chain: same code, same matter, another house."""
        return self.case(old.parties[0], "", old.matter_id or 1, old.found_at)

    def same_building(self, old: Facts) -> Facts:
        return self.case(None, old.place, old.matter_id or 1, old.found_at)

    def neighbours_stall(self, old: Facts) -> Facts:
        place = "薛城区临城街道永福路农贸市场" + str(self.random.randrange(1, 200)) + "号摊位"
        return self.case(None, place, old.matter_id or 1, old.found_at)

    def several_matters(self, old: Facts) -> Facts:
        """The same party at the same inspection, for something else."""
        return self.case(old.parties[0], old.place, (old.matter_id or 1) % 6 + 1, old.found_at)

    def again_later(self, old: Facts) -> Facts:
        """Penalised, and a month later the same again."""
        when = (old.found_at or self.moment()) + dt.timedelta(days=self.random.randrange(40, 120))
        return self.case(old.parties[0], old.place, old.matter_id or 1, when)

    def namesake(self, old: Facts) -> Facts:
        who = replace(self.person(), name=old.parties[0].name) if old.parties[0].kind == "person" else self.person()
        return self.case(who, "", old.matter_id or 1, old.found_at)

    def unrelated(self, old: Facts) -> Facts:
        return self.case()


SAME = ("full_width", "no_code", "unknown", "reworded", "unknown_reworded", "mistyped", "other_matter", "moved")
OTHER = ("chain_store", "same_building", "neighbours_stall", "several_matters", "again_later", "namesake", "unrelated")


def measured(kind: str, count: int = 500, seed: int = 1) -> tuple[float, float]:
    """(share found certain, share found certain or likely) of `count` pairs of this kind."""
    writer = Writer(seed)
    certain = likely = 0
    for _n in range(count):
        old = writer.case()
        new = getattr(writer, kind)(old)
        if kind == "again_later" and old.found_at:
            old = replace(old, ended_at=old.found_at + dt.timedelta(days=20))
        found = likeness(new, old)
        certain += found.certain
        likely += found.likely
    return certain / count, likely / count


if __name__ == "__main__":
    for name in (*SAME, *OTHER):
        sure, maybe = measured(name)
        sys.stdout.write(f"| {'same' if name in SAME else 'other'} | {name} | {sure:.1%} | {maybe:.1%} |\n")
    sys.stdout.write(f"threshold {LIKELY}\n")
