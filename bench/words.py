"""Real Chinese words in great number: companies, streets, facts. Deterministic for a seed."""

from __future__ import annotations

import random
from functools import lru_cache

from stdnum.cn import uscc

from referrals.words import words_of

BRANDS = "华润恒大鑫源盛达永兴宏图瑞丰金泰安康嘉禾同创远航正阳明德天成海纳万通德馨泽铭锦绣卓越凯旋腾飞众合联信".strip()
TRADES = (
    "建材", "置业", "物流", "餐饮管理", "食品", "环保科技", "机械制造", "商贸", "装饰工程", "园林绿化", "物业服务", "广告传媒", "汽车维修",
    "农产品", "化工", "印刷包装", "纺织", "医疗器械", "石材", "再生资源", "混凝土", "教育咨询", "能源", "渣土运输", "水产养殖",
)  # fmt: skip
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "经营部", "商行", "合作社", "加工厂")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英建华玉兰志红春梅海燕"
ROADS = (
    "泰山",
    "黄河",
    "长江",
    "解放",
    "人民",
    "建设",
    "和平",
    "新华",
    "文化",
    "光明",
    "胜利",
    "青年",
    "工业",
    "振兴",
    "幸福",
    "龙泉",
    "金河",
    "珠江",
    "临山",
    "燕山",
)
FACTS = (
    "现场检查发现当事人在道路上堆放建筑材料约二十平方米，未取得占用许可。",
    "巡查发现当事人未经批准擅自在临街搭建彩钢板棚一处，面积约三十六平方米。",
    "接群众举报，当事人夜间违规施工，噪声超过规定限值，现场测得六十二分贝。",
    "检查发现当事人未设置防尘覆盖，出场车辆未冲洗，带泥上路约一百米。",
    "当事人将餐厨垃圾倒入雨水管网，现场留有油污痕迹，已拍照取证。",
    "当事人未取得排水许可证向城镇排水设施排放污水，现场责令停止。",
)


class Words:
    """A source of names and places; companies come from a pool, so that some turn up again and again."""

    def __init__(self, seed: int, place: str, pool: int) -> None:
        self.random = random.Random(seed)
        self.place, self.pool = place, pool

    def company(self) -> tuple[str, str]:
        """(name, credit code with a right check character); early numbers of the pool far more often than late ones."""
        number = min(int(self.random.paretovariate(0.7)) - 1, self.pool - 1) if self.random.random() < 0.5 else self.random.randrange(self.pool)
        return company(self.place, number)

    def person(self) -> str:
        pick = self.random.choice
        return pick(SURNAMES) + pick(GIVEN) + (pick(GIVEN) if self.random.random() < 0.7 else "")

    def address(self) -> str:
        return f"{self.place}{self.random.choice(ROADS)}{self.random.choice('东西南北中')}路{self.random.randint(1, 399)}号"

    def facts(self) -> str:
        return self.random.choice(FACTS)


@lru_cache(maxsize=200_000)
def company(place: str, number: int) -> tuple[str, str]:
    pick = random.Random(f"{place}{number}")
    brand = "".join(pick.choice(BRANDS) for _n in range(pick.choice((2, 2, 3))))
    name = f"{place}{brand}{pick.choice(TRADES)}{pick.choice(FORMS)}"
    body = f"91370403MA{number:07d}"
    return name, body + uscc.calc_check_digit(body)


@lru_cache(maxsize=400_000)
def words_of_name(name: str) -> tuple[str, ...]:
    return tuple(words_of([], [name]))


@lru_cache(maxsize=400_000)
def words_of_text(text: str) -> tuple[str, ...]:
    return tuple(words_of([text], []))
