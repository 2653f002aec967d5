"""Facts about the five places that the documents leave to the reader: names, townships, codes. Posts stand for people."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.kinds import AgencyKind


@dataclass(frozen=True)
class Place:
    """A jurisdiction; `initial` begins its document codes; townships as (name, is a street)."""

    profile: str
    name: str
    area_code: str
    initial: str
    townships: tuple[tuple[str, bool], ...]
    departments: tuple[str, ...] = ()


PLACES = {
    "xuecheng": Place(
        "xuecheng", "薛城区", "370403", "薛",
        (("临城街道", True), ("常庄街道", True), ("新城街道", True), ("沙沟镇", False), ("周营镇", False), ("邹坞镇", False), ("陶庄镇", False)),
    ),
    "zhoucun": Place("zhoucun", "周村区", "370306", "周", (("北郊镇", False), ("南郊镇", False), ("丝绸路街道", True))),
    "shuocheng": Place(
        "shuocheng", "朔城区", "140602", "朔", (("神头镇", False), ("利民镇", False), ("北城街道", True)),
        ("区住房和城乡建设局", "区自然资源局", "区水利局", "区市场监督管理局"),
    ),
    "yiyuan": Place("yiyuan", "沂源县", "370323", "沂", (("南麻街道", True), ("东里镇", False))),
    "qidong": Place(
        "qidong", "启东市", "320681", "启", (("汇龙镇", False), ("吕四港镇", False), ("惠萍镇", False)),
        ("市住房和城乡建设局", "市自然资源和规划局", "市交通运输局", "市水务局", "市市场监督管理局"),
    ),
}  # fmt: skip

KIND_BY_KEY = {
    "comprehensive_enforcement_bureau": AgencyKind.ENFORCEMENT_BUREAU,
    "enforcement_department": AgencyKind.ENFORCEMENT_BUREAU,
    "public_security_branch": AgencyKind.PUBLIC_SECURITY,
    "public_security_bureau": AgencyKind.PUBLIC_SECURITY,
    "traffic_police_brigade": AgencyKind.PUBLIC_SECURITY,
    "procuratorate": AgencyKind.PROCURATORATE,
    "court": AgencyKind.COURT,
    "legislative_affairs_office": AgencyKind.JUSTICE_BUREAU,
}

FULL_NAMES = {
    "区综合行政执法局": "薛城区综合行政执法局", "区发改局": "薛城区发展和改革局", "区教体局": "薛城区教育和体育局",
    "区科技局": "薛城区科学技术局", "区民政局": "薛城区民政局", "区住建局": "薛城区住房和城乡建设局",
    "区商促局": "薛城区商务和投资促进局", "区文旅局": "薛城区文化和旅游局", "区应急管理局": "薛城区应急管理局",
    "区市场监管局": "薛城区市场监督管理局", "区行政审批服务局": "薛城区行政审批服务局", "薛城公安分局": "枣庄市公安局薛城分局",
    "薛城生态环境分局": "枣庄市生态环境局薛城分局", "薛城规划中心": "枣庄市薛城规划中心",
}  # fmt: skip

CODES = {
    "区综合行政执法局": "薛综执", "薛城公安分局": "薛公", "薛城生态环境分局": "薛环", "区发改局": "薛发改", "区教体局": "薛教体",
    "区科技局": "薛科", "区民政局": "薛民", "区住建局": "薛住建", "区商促局": "薛商促", "区文旅局": "薛文旅", "区应急管理局": "薛应急",
    "区市场监管局": "薛市监", "区行政审批服务局": "薛审批", "薛城规划中心": "薛规划",
}  # fmt: skip

# matter, legal basis, field, short name of the competent agency, why
MATTERS = {
    "xuecheng": (
        ("擅自占用城市道路堆放物料", "《城市道路管理条例》第二十七条、第四十二条", "市政公用", "区综合行政执法局", "城市管理领域行政处罚权已相对集中"),
        ("未按规定处置建筑垃圾", "《城市建筑垃圾管理规定》第二十二条", "市容环卫", "区综合行政执法局", "市容环境卫生领域行政处罚权已相对集中"),
        ("未取得建设工程规划许可证进行建设", "《中华人民共和国城乡规划法》第六十四条", "城乡规划", "区综合行政执法局", "城乡规划领域行政处罚权已相对集中"),
        ("露天焚烧产生有毒有害烟尘的物质", "《中华人民共和国大气污染防治法》第一百一十九条", "生态环境", "区综合行政执法局", "露天焚烧由综合行政执法部门处罚"),
        ("未经许可从事餐饮服务", "《中华人民共和国食品安全法》第一百二十二条", "市场监管", "区市场监管局", "食品经营许可由市场监管部门实施"),
        ("无照经营", "《无证无照经营查处办法》第十三条", "市场监管", "区市场监管局", "无照经营由市场监管部门查处"),
        ("销售不合格燃气器具", "《中华人民共和国产品质量法》第四十九条", "市场监管", "区市场监管局", "产品质量监督由市场监管部门负责"),
        ("工业企业违法排放污水", "《中华人民共和国水污染防治法》第八十三条", "生态环境", "薛城生态环境分局", "排污许可和监测由生态环境部门负责"),
        ("企业安全生产培训不落实", "《中华人民共和国安全生产法》第九十七条", "安全生产", "区应急管理局", "安全生产综合监管由应急管理部门负责"),
        ("未取得施工许可证擅自施工", "《中华人民共和国建筑法》第六十四条", "住房建设", "区住建局", "施工许可由住建部门实施"),
        ("擅自改变校外培训机构办学地址", "《中华人民共和国民办教育促进法》第六十二条", "教育", "区教体局", "校外培训机构由教育部门审批监管"),
        ("娱乐场所超时经营", "《娱乐场所管理条例》第四十八条", "文化", "区文旅局", "娱乐场所由文化主管部门监管"),
    ),
}  # fmt: skip
