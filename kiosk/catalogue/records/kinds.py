"""
The kinds of what a county publishes, in one table: name, icon, fields, group, and the item of the work
plan that each serves. Nothing else in the product lists kinds. The file is long because it is that table, and what its
columns mean.

sample/README.md describes the shapes of `fields`; a test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kiosk.catalogue.records.record import Record, changed
from kiosk.catalogue.records.schema import (
    N_,
    Field,
    Type,
    code,
    day,
    flag,
    group,
    number,
    qr,
    ref,
    rows,
    text,
    texts,
    texts_in,
    toned,
)

NAMED = "named_rows"
"""The trait whose rows name persons: never in search, API, export, feed or speech (DESIGN.md §4.2)."""

_ADOPTED = {"yes": N_("采纳"), "partly": N_("部分采纳"), "no": N_("未采纳")}

TRAITS: tuple[Field, ...] = (
    group("pinned", N_("紧急提示"), day("from", N_("自")), day("until", N_("至")), text("text", N_("提示"))),
    Field(
        NAMED,
        N_("名单"),
        Type.OBJECT,
        (
            day("shown_from", N_("公示自")),
            day("shown_until", N_("公示至")),
            texts("columns", N_("栏目")),
            Field("rows", N_("名单"), Type.CELLS),
        ),
        shown=False,
    ),
    group(
        "ask",
        N_("问谁"),
        text("organ", N_("机关代码"), shown=False),
        text("organ_name", N_("单位")),
        text("telephone", N_("电话")),
    ),
)


@dataclass(frozen=True)
class RecordPaper:
    """The paper printed of a record: its name, the question before printing, the words of its button."""

    name: str
    question: str
    button: str


LAST = 99
"""The rank of a kind that has none."""
SUMMARY = RecordPaper("summary", N_("要打印要点吗？"), N_("打印要点"))
CHECKLIST = RecordPaper("checklist", N_("要打印办事清单吗？"), N_("打印清单"))
CARD = RecordPaper("card", N_("要打印便民电话卡吗？"), N_("打印电话卡"))


@dataclass(frozen=True)
class WayIn:
    """
    A tile of the start page that leads to a kind.

    place: Its place among the tiles. address: Empty for the kind's own page. asked: Words that open it from the search
    box.
    """

    place: int
    title: str
    line: str
    icon: str
    address: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shortcut:
    """A link to the whole list of a kind among the ways to find something; is_leading: before the other ways."""

    words: str
    is_leading: bool = False


@dataclass(frozen=True)
class Kind:
    """
    One kind of record, with everything in which kinds differ.

    group: The heading under which /browse lists it. seed: Items of the work plan it serves.
    line: Fields shown under the title in its list. by: Fields by which its list is filtered.
    text_first: Whether the text precedes the kind's own fields, except for an answer.
    note: A sentence above list and document.
    short: The field that names an entry among many. dated: Whether lists show the day of publishing; not for an
    office,
    nor for a kind with a date of its own.
    needed: Fields without which a page does not answer what people come for; needed_of_all: the same of the keys
    of every record. reviewed: Questions of the quality report asked only of kinds that list them.
    needs_validity: Whether a record must say whether it is in force. paper: What is printed of it; is_laid_out:
    Whether reading places offer it on paper. rank: Its order among the kinds on the page of a life event or
    topic; spoken: Its order among recordings (kinds without one come last). page: The name of a page of its own
    instead of the list. answer: The field that answers, instead of its summary; such a record must not be relied on
    once its sources have ended. explains: The relation to the document it explains. is_yearly: Whether
    it is a list of names started again each year. is_asked_by_name: Whether people search for its title, so that a
    similar title weighs more. way_in, shortcut: How people come to it from the start page
    and from the ways to find something. answers_searches: The words of a link by which a clerk answers a search without
    a result with such a record. pictures_first: Whether its pictures precede its text. is_directory: Whether its
    records are the county's organs. answers_questions: Whether they are the county's library of questions and answers.
    answers_requests: Whether they are answered requests for disclosure, shown first to somebody about to
    request the same; reports_requests: annual reports about such requests.
    begins_requests: words with which a request begins; lists_duties: what has to be public, row by row. lends_paper:
    Whether they are places that may offer printed copies.
    """

    id: str
    name: str
    icon: str
    group: str
    seed: tuple[int, ...]
    fields: tuple[Field, ...] = ()
    line: tuple[str, ...] = ()
    by: tuple[str, ...] = ("year",)
    text_first: bool = False
    note: str = ""
    short: str = ""
    dated: bool = True
    needed: tuple[str, ...] = ()
    needed_of_all: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    needs_validity: bool = False
    paper: RecordPaper = SUMMARY
    is_laid_out: bool = False
    rank: int = LAST
    spoken: int = LAST
    page: str = ""
    answer: str = ""
    explains: str = ""
    is_yearly: bool = False
    is_asked_by_name: bool = False
    way_in: WayIn | None = None
    shortcut: Shortcut | None = None
    answers_searches: str = ""
    pictures_first: bool = False
    is_directory: bool = False
    answers_requests: bool = False
    answers_questions: bool = False
    reports_requests: bool = False
    lends_paper: bool = False
    begins_requests: bool = False
    lists_duties: bool = False

    @property
    def schema(self) -> dict[str, Field]:
        """Return its fields by name, including the traits of every kind."""
        return {field.name: field for field in (*self.fields, *TRAITS)}


_POLICY, _SERVICE, _OPEN, _TALK, _WORK = (
    N_("政策文件"),
    N_("办事和补贴"),
    N_("清单和目录"),
    N_("公众参与"),
    N_("公开工作"),
)
GROUPS = (_POLICY, _SERVICE, _OPEN, _TALK, _WORK)

_FORMS = replace(code("form", N_("形式"), 文字="文字", 问答="问答", 图解="图解", 视频="视频"), shown=False)
_ADOPTION = toned(code("adopted", N_("是否采纳"), **_ADOPTED), good="yes", warn="partly", neutral="no")
_REPLIES = (_ADOPTION, text("reply", N_("答复")))
_STAGES = {
    "listed": N_("列入目录"),
    "draft": N_("公布草案"),
    "comments": N_("征求意见"),
    "attendance": N_("代表列席"),
    "decided": N_("作出决策"),
    "result": N_("公布结果"),
    "assessed": N_("效果评估"),
    "ended": N_("终止"),
}
_PLACE = (
    text("telephone", N_("电话"), shape="contact"),
    text("address", N_("地址"), shape="contact"),
    text("hours", N_("办公时间"), shape="contact"),
)

_TABLE: tuple[Kind, ...] = (
    Kind("policy", N_("政策文件"), "file-text", _POLICY, (2, 3), (
        code("category", N_("文件类别"), 行政规范性文件="行政规范性文件", 其他文件="其他文件",
            规划计划="规划计划", 公告通告="公告通告"),
        text("registration_no", N_("规范性文件登记号")),
        rows("changes", N_("有效性变化"), day("on", N_("日期")), text("what", N_("变化")),
            ref("by", N_("依据文件")), shape="timeline"),
    ), (), ("validity", "year"), text_first=True, needs_validity=True, is_laid_out=True, rank=4, spoken=5,
        reviewed=("not-interpreted",), shortcut=Shortcut(N_("全部政策文件"), is_leading=True),
        way_in=WayIn(3, N_("查文件政策"), N_("按家里的事、主题、单位、年份找"), "script", "/browse"),
        needed_of_all=("doc_no", "issuers", "drawn_on")),
    Kind("interpretation", N_("政策解读"), "message-dots", _POLICY, (9, 10), (
        _FORMS,
        Field("plain", N_("说给您听"), Type.ROWS, (text("text", N_("要点")), text("articles", N_("出处"))),
            shown=False),
        rows("qa", N_("问与答"), text("question", N_("问")), text("answer", N_("答")),
            text("articles", N_("出处"))),
        rows("differences", N_("新旧对比"), text("point", N_("事项")), text("before", N_("原来")),
            text("now", N_("现在"))),
        qr("video", N_("用手机扫码看视频")),
    ), ("form",), ("form",), is_laid_out=True, rank=3, spoken=3, explains="interprets",
        pictures_first=True),
    Kind("gazette", N_("政府公报"), "news", _POLICY, (8,), (
        number("year", N_("年份")), number("issue", N_("期号")), number("total_issue", N_("总期号")),
        rows("items", N_("本期目录"), text("section", N_("栏目")), text("title", N_("标题")),
            text("doc_no", N_("文号")), number("page", N_("页码")), ref("id", N_("全文")), shape="directory"),
    ), ("total_issue",), ("year",), is_laid_out=True, shortcut=Shortcut(N_("政府公报"))),
    Kind("question", N_("政策问答"), "message-question", _POLICY, (10, 11), (
        text("question", N_("问")), text("answer", N_("答"), shape="answer"),
        rows("sources", N_("依据"), ref("id", N_("文件")), text("articles", N_("条款"))),
        texts("asked", N_("也有人这样问")),
    ), (), (), text_first=True, needed=("answer",), rank=2, spoken=2, answer="answer",
        reviewed=("answers-off",), answers_searches=N_("写一条问答"), answers_questions=True,
        way_in=WayIn(4, N_("常见问题"), N_("养老、医保、上学、种地……"), "message-dots")),
    Kind("request_log", N_("答复过的申请"), "file-check", _POLICY, (10, 17), (
        text("question", N_("申请的内容")), text("answer", N_("答复"), shape="answer"),
        text("organ_name", N_("答复单位")),
    ), ("organ_name",), (), note=N_("别人申请过、答复过的信息，去掉了个人信息；要看的可能已经在这里。"),
        needed=("question", "answer"), rank=7, answer="answer", answers_requests=True),
    Kind("request_template", N_("申请样板"), "pencil", _POLICY, (17,), (
        text("wanted", N_("申请的写法")), text("organ_code", N_("机关代码"), shown=False),
    ), (), (), dated=False, note=N_("申请信息公开的时候照着写，把＿＿换成您要的。"),
        needed=("wanted",), begins_requests=True),
    Kind("guide", N_("办事指南"), "list-check", _SERVICE, (11, 17), (
        text("organ", N_("机关代码"), shown=False), texts("who", N_("谁能办")),
        rows("bring", N_("要带什么"), text("name", N_("材料")), text("form", N_("形式")),
            number("copies", N_("份数"), "—"), text("note", N_("说明"))),
        rows("where", N_("到哪里办"), text("place", N_("地点")), text("window", N_("窗口")),
            text("hours", N_("时间")), text("telephone", N_("电话"))),
        group("how_long", N_("多久办好"), number("legal_workdays", N_("法定工作日"), N_("法律没有规定")),
            number("promised_workdays", N_("承诺工作日"), N_("当场办好")), text("note", N_("说明"))),
        group("fee", N_("收费"), flag("free", N_("免费")), text("standard", N_("标准"))),
        rows("steps", N_("怎么办"), text("title", N_("步骤")), text("text", N_("做什么"))),
        text("result", N_("办成后得到")), text("proxy", N_("别人代办")), text("online", N_("网上办")),
        texts("blank_forms", N_("空白表格")),
    ), (), (), needed=("bring", "where", "how_long", "fee"), paper=CHECKLIST, rank=1, spoken=1, page="guides",
        is_asked_by_name=True, reviewed=("answers-off",), answers_searches=N_("写一篇办事指南"),
        way_in=WayIn(2, N_("事情怎么办"), N_("要带什么、去哪儿、找谁，能打印"), "list-check",
            asked=("事情怎么办", "办事指南", "怎么办事"))),
    Kind("village", N_("惠民惠农补贴"), "cash", _SERVICE, (18,), (
        text("township", N_("乡镇街道")), text("village", N_("村")), number("year", N_("年份")),
            text("item", N_("补贴项目")),
        text("standard", N_("标准")), number("households", N_("户数")), Field("amount", N_("总金额"),
            Type.FEN),
        toned(code("state", N_("发放情况"), paid=N_("已发放"), partly=N_("部分发放"), not_yet=N_("尚未发放")),
            good="paid", warn="partly not_yet"),
        day("paid_on", N_("发放日期")), text("expected", N_("预计发放")),
    ), ("township", "village", "year", "item", "state"), ("township", "village", "year"),
        needed=("township", "village", "item", "state", "ask"), rank=5, page="villages", is_yearly=True,
        way_in=WayIn(1, N_("补贴发了没有"), N_("选您的村，看各项补贴发放情况"), "moneybag",
            asked=("补贴发了", "补贴发没发", "补贴到账", "补贴到了没", "补贴什么时候发", "钱发了没有"))),
    Kind("organ", N_("机关和电话"), "building", _SERVICE, (4, 11), (
        text("code", N_("机关代码"), shown=False), text("short", N_("简称")),
        code("level", N_("层级"), county=N_("县级"), township=N_("乡镇街道")), *_PLACE,
        text("fax", N_("传真")), text("post_code", N_("邮政编码")), text("internet", N_("网上联系")),
        flag("accepts_requests", N_("接收信息公开申请")), text("disclosure_office", N_("信息公开工作机构")),
        texts("duties", N_("管什么")),
    ), ("telephone",), ("level",), short="short", dated=False, needed=("address", "hours", "telephone"), paper=CARD,
        spoken=4, is_directory=True),
    Kind("reading_place", N_("信息查阅点"), "map-pin", _SERVICE, (8,), (
        code("place_type", N_("类别"), 档案馆="档案馆", 图书馆="图书馆", 政务服务场所="政务服务场所",
            其他="其他"),
        text("organ_name", N_("管理单位")), *_PLACE, texts("equipment", N_("设备")), texts("services",
            N_("服务")),
        texts("paper_copies", N_("纸质文本")),
    ), ("place_type", "address"), ("place_type",), dated=False, needed=("address", "hours", "telephone"),
        lends_paper=True),
    Kind("standard", N_("标准目录"), "clipboard-list", _OPEN, (16,), (
        text("domain", N_("领域")),
        rows("rows", N_("目录"), Field("no", N_("序号"), Type.INT, shown=False), text("level1", N_("一级事项")),
            text("level2", N_("二级事项")),
            text("content", N_("公开内容")), text("basis", N_("公开依据")), text("when", N_("公开时限")),
            text("subject", N_("公开主体")), texts("channels", N_("公开渠道")),
            text("audience", N_("公开对象")),
            text("method", N_("公开方式")), texts("level", N_("公开层级")), ref("id", N_("看信息"))),
    ), (), ("domain",), short="domain", dated=False, needed=("domain", "rows"), is_laid_out=True, lists_duties=True,
        reviewed=("standards",)),
    Kind("fee", N_("收费清单"), "report-money", _OPEN, (31,), (
        code("type", N_("类别"), 行政事业性收费="行政事业性收费", 政府性基金="政府性基金",
            政府定价经营服务性收费="政府定价经营服务性收费"),
        day("updated_on", N_("更新日期")),
        rows("rows", N_("清单"), text("item", N_("收费项目")), text("organ_name", N_("收费单位")),
            text("basis", N_("依据")),
            text("unit", N_("计量单位")), text("standard", N_("标准")), text("note", N_("说明"))),
    ), ("type", "updated_on"), ("type",), dated=False, note=N_("清单之外无收费：清单里没有的，不用交。"),
        needed=("type", "updated_on", "rows"), is_laid_out=True, reviewed=("fees",)),
    Kind("collection", N_("重点领域"), "folder", _OPEN, tuple(range(19, 34)), (
        code("area", N_("领域"), **{area: area for area in (
            "重大建设项目", "规划计划", "疫情防控", "就业", "教育", "养老服务", "社会保险", "社会救助",
            "住房", "乡村振兴",
            "军民融合", "营商环境", "减税降费", "双随机一公开", "公共企事业单位", "危旧房改造")}),
        Field("work_item", N_("工作要点第几项"), Type.INT, shown=False), day("updated_on", N_("更新日期")),
        Field("columns", N_("栏目"), Type.ROWS, (text("key", "key"), text("label", N_("名称")),
            text("type", N_("类型"))), shown=False),
        Field("rows", N_("列表"), Type.FREE_ROWS),
    ), ("area", "updated_on"), ("area",), dated=False, needed=("area", "updated_on"), rank=6),
    Kind("account", N_("政务新媒体"), "device-mobile", _OPEN, (7,), (
        text("platform", N_("平台")), text("owner", N_("开办单位")),
        toned(code("state", N_("状态"), running=N_("正常运行"), paused=N_("暂停更新"), closed=N_("已注销")),
            good="running", warn="paused", bad="closed"),
        day("filed_on", N_("备案日期")), text("filing_no", N_("备案号")), text("scope", N_("发布内容")),
        qr("qr", N_("用手机扫码关注")),
    ), ("platform", "owner", "state"), ("platform", "state"), dated=False,
        note=N_("没有列在这里的账号，没有在本县备案。"), needed=("owner", "state", "filing_no")),
    Kind("decision", N_("重大行政决策"), "gavel", _TALK, (12,), (
        number("year", N_("年份")), text("organ_name", N_("承办单位")),
        toned(code("stage", N_("目前阶段"), **_STAGES), neutral=" ".join(_STAGES), bad="ended"),
        rows("stages", N_("办理过程"), code("stage", N_("阶段"), **_STAGES), day("on", N_("日期")),
            text("text", N_("情况")), ref("id", N_("材料")), shape="timeline"),
        group("comments_open", N_("征求意见时间"), day("from", N_("自")), day("until", N_("至")),
            texts("ways", N_("方式")), text("shorter_reason", N_("不足30日的理由"))),
        rows("comments", N_("意见采纳情况"), text("opinion", N_("意见")), number("count", N_("条数")),
            _ADOPTION, text("reason", N_("理由")), shape="opinions"),
        rows("assessments", N_("评估论证"), text("kind", N_("类别")), text("conclusion", N_("结论"))),
    ), ("stage", "organ_name"), ("year", "stage"), needed=("stage", "stages", "organ_name"), is_laid_out=True,
        reviewed=("short-comments", "no-reason")),
    Kind("attendance", N_("列席会议"), "users", _TALK, (13,), (
        text("meeting", N_("会议")), day("held_on", N_("日期")), text("topic", N_("议题")),
        rows("representatives", N_("列席代表"), text("role", N_("身份")), text("name", N_("姓名")),
            text("opinion", N_("意见")), *_REPLIES, shape="opinions"),
    ), ("topic", "held_on"), dated=False),
    Kind("letter", N_("来信回复"), "mail", _TALK, (14,), (
        code("category", N_("类别"), 咨询="咨询", 建议="建议", 投诉="投诉", 求助="求助"),
            text("box", N_("信箱")),
        text("writer", N_("来信人")), day("asked_on", N_("来信日期")), day("replied_on", N_("回复日期")),
        text("question", N_("来信"), shape="words"), text("reply", N_("回复"), shape="answer"),
        text("reply_organ", N_("回复单位")),
    ), ("category", "reply_organ", "replied_on"), ("category",), dated=False),
    Kind("survey", N_("网上调查"), "chart-bar", _TALK, (14,), (
        day("opens_on", N_("开始")), day("closes_on", N_("结束")),
        toned(code("state", N_("状态"), open=N_("进行中"), closed=N_("已结束"), reported=N_("已公布结果")),
            good="open", neutral="closed reported"),
        rows("questions", N_("题目"), number("no", N_("题号")), text("text", N_("题目")),
            code("type", N_("题型"), one=N_("单选"), many=N_("多选"), words=N_("填写")), texts("options",
            N_("选项"))),
        number("responses", N_("参与人数")),
        rows("results", N_("结果"), number("no", N_("题号")), text("option", N_("选项")),
            number("count", N_("人数")), shape="bars"),
        text("use", N_("结果怎么用"), shape="words"),
    ), ("state", "closes_on"), ("state",), dated=False),
    Kind("interview", N_("在线访谈"), "speakerphone", _TALK, (14,), (
        day("held_on", N_("日期")), text("guest", N_("嘉宾")), text("organ_name", N_("单位")),
        rows("qa", N_("访谈实录"), text("question", N_("问")), text("answer", N_("答"))),
    ), ("guest", "held_on"), dated=False),
    Kind("open_day", N_("政府开放日"), "calendar-event", _TALK, (15,), (
        day("on", N_("日期")), Field("from", N_("开始"), Type.TIME), Field("until", N_("结束"), Type.TIME),
        text("place", N_("地点")), text("organ_name", N_("单位")), number("seats", N_("名额")),
        day("sign_up_until", N_("报名截止")),
        toned(code("state", N_("状态"), open=N_("正在报名"), full=N_("名额已满"), over=N_("已结束"),
            cancelled=N_("已取消")), good="open", warn="full", neutral="over", bad="cancelled"),
        rows("agenda", N_("安排"), Field("at", N_("时间"), Type.TIME), text("text", N_("内容")),
            shape="timeline"),
        rows("feedback", N_("意见建议"), text("opinion", N_("意见")), *_REPLIES, shape="opinions"),
    ), ("state", "on", "place"), ("state",), dated=False),
    Kind("annual_report", N_("公开年度报告"), "book", _WORK, (36,), (
        number("year", N_("年度")), text("organ_name", N_("单位")),
        rows("figures", N_("数据"), text("label", N_("项目")), number("value", N_("数值")),
            text("unit", N_("单位"))),
        group("requests", N_("依申请公开"), number("carried_in", N_("上年结转")),
            number("new", N_("本年新收")),
            number("closed", N_("办结")), number("carried_out", N_("结转下年"))),
    ), ("organ_name",), ("year",), is_laid_out=True, reports_requests=True),
    Kind("work_plan", N_("工作要点"), "progress-check", _WORK, (34, 35, 36), (
        number("item_no", N_("项号")), text("section", N_("部分")),
        text("progress", N_("做到哪一步了"), shape="words"), texts("responsible_units", N_("责任单位")),
        day("due", N_("期限")), text("due_note", N_("时间要求")),
        toned(code("state", N_("进展"), not_reported=N_("尚未报告"), in_progress=N_("进行中"), done=N_("已完成")),
            good="done", warn="in_progress", neutral="not_reported"),
    ), ("state", "responsible_units"), ("section", "state"), dated=False, needed=("responsible_units", "state"),
        reviewed=("work-overdue",)),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _TABLE}


def _the_one(has: Callable[[Kind], object]) -> Kind:
    """Return the only kind with a trait."""
    [found] = filter(has, KINDS.values())
    return found


STANDARDS = _the_one(lambda kind: kind.lists_duties)
TEMPLATES = _the_one(lambda kind: kind.begins_requests)
DIRECTORY = _the_one(lambda kind: kind.is_directory)
READING_PLACES = _the_one(lambda kind: kind.lends_paper)
EXPLANATIONS = _the_one(lambda kind: kind.explains)
PAYMENTS = _the_one(lambda kind: kind.page == "villages")
SERVICES = _the_one(lambda kind: kind.page == "guides")


def ways_in() -> list[tuple[str, WayIn]]:
    """Return the id and the tile of each kind that has one, in the order of the start page."""
    found = [(kind.id, kind.way_in) for kind in KINDS.values() if kind.way_in]
    return sorted(found, key=lambda each: each[1].place)


def id_of(word: str) -> str:
    """Return the id of the kind with this id or name; empty if there is none."""
    return next((kind.id for kind in KINDS.values() if word in (kind.id, kind.name)), "")


def ranked(ids: Iterable[str]) -> list[str]:
    """Return the kinds in the order of a page that shows several: services before texts."""
    order = list(KINDS)
    return sorted(ids, key=lambda each: (KINDS[each].rank, order.index(each)))


def without_persons(record: Record) -> Record:
    """Return the record without rows that name persons, as feed, search, API, export and speech use it."""
    fields = record.get("fields")
    if not isinstance(fields, dict) or NAMED not in fields:
        return record.copy()
    return changed(record, fields={name: value for name, value in fields.items() if name != NAMED})


def field_texts(record: Record) -> list[str]:
    """Return the texts of `fields` that search reads, never names of persons."""
    kind = KINDS[record["kind"]]
    public = {name: field for name, field in kind.schema.items() if name not in (NAMED, "pinned")}
    return list(texts_in(public, record.get("fields") or {}))
