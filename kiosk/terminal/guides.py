"""How each job is done, in pictures: what is needed, three steps, and a sample. Words only; templates draw them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiosk.web.language.wording import lazy_gettext as _l

Step = tuple[str, Any, Any]
"""Name of a drawing in `terminal/_scenes.html`, what to do, what to know; "%(count)s" is the number of questions."""


@dataclass(frozen=True)
class Guide:
    """
    One job.

    Args:
        job: Its name in the address.
        asks: What this machine must have for it: "", "printer", "phones".
        href: Where the job begins; empty: on other pages.
        pages: Addresses (a pattern) on which help offers this guide first.
        sample: Address of a filled-in example; empty: none.
    """

    job: str
    title: Any
    icon: str
    needs: Any
    steps: tuple[Step, ...]
    href: str
    pages: str
    asks: str = ""
    sample: str = ""


GUIDES = (
    Guide(
        "printing",
        _l("怎么打印"),
        "printer",
        _l("什么都不用备：纸在机器里，不收钱。"),
        (
            ("print", _l("点下面的“打印要点”"), _l("文件、办事指南、电话都能打")),
            ("choose", _l("选一张，或者大字的一张"), _l("不想要纸，就点“不要纸”")),
            ("paper", _l("从出纸口拿好"), _l("没出来，就点“没拿到，再打一张”")),
        ),
        "",
        r"/documents/.+/print|/papers/.*|/progress/(print|paper)|/request/form.*",
        "printer",
    ),
    Guide(
        "to-phone",
        _l("怎么带到手机"),
        "device-mobile",
        _l("一部能上网、能扫码的手机。"),
        (
            ("phone-button", _l("点下面的“带到手机”"), _l("文件、办事指南下面都有")),
            ("code", _l("用手机对准方块"), _l("相机或者微信“扫一扫”都行")),
            ("on-phone", _l("手机上打开同一页"), _l("只带走网址，您写的东西不带走")),
        ),
        "",
        r"/to-phone.*",
        "phones",
    ),
    Guide(
        "subsidies",
        _l("怎么查补贴发了没有"),
        "moneybag",
        _l("知道自己的乡镇和村的名字就行，不用身份证。"),
        (
            ("list", _l("点您的乡镇、街道"), _l("一个乡镇一行")),
            ("list", _l("点您的村、社区"), _l("没有您的村，问问工作人员")),
            ("table", _l("看每一项发了没有"), _l("写着哪一天、按什么标准发的")),
        ),
        "/browse/village",
        r"/browse/village.*",
    ),
    Guide(
        "request",
        _l("怎么申请信息公开"),
        "pencil",
        _l("身份证等证件的号码，一个联系得上您的电话或者地址。"),
        (
            ("type", _l("一次答一个小问题"), _l("一共%(count)s个，写错了可以改")),
            ("read", _l("看一遍，再提交"), _l("没提交之前，什么都没交出去")),
            ("receipt", _l("拿好编号和查询码"), _l("以后凭它们查办到哪一步")),
        ),
        "/request/",
        r"/request.*",
        sample="/request/sample",
    ),
    Guide(
        "book",
        _l("怎么约时间当面问"),
        "message-question",
        _l("您的姓名和一个能打通的电话。"),
        (
            ("list", _l("选一件事、一个地方"), _l("最早的空位马上就给您")),
            ("type", _l("写姓名和电话"), _l("位子给您留3分钟，不够可以再留")),
            ("receipt", _l("拿好预约单"), _l("上面有日子、时间和座位")),
        ),
        "/book/",
        r"/book.*|/rebook.*|/cancel-booking.*|/accept-booking.*",
    ),
    Guide(
        "progress",
        _l("怎么查我的进度"),
        "search",
        _l("您的回执：上面有编号和查询码。"),
        (
            ("receipt", _l("找出您的回执"), _l("编号在上面，查询码在编号下面")),
            ("type", _l("照着回执输两样"), _l("输错了，点“删除”再输")),
            ("read", _l("看办到哪一步"), _l("也写着最晚哪天答复")),
        ),
        "/progress",
        r"/progress.*",
    ),
    Guide(
        "search",
        _l("怎么查文件、查事情怎么办"),
        "file-text",
        _l("什么都不用备，想到什么就写什么。"),
        (
            ("type", _l("写几个字"), _l("手写、拼音都行，只写头一个字母也行")),
            ("list", _l("点一条看看"), _l("写着现在还有没有效")),
            ("print", _l("看完能打印、能带走"), _l("按钮在文件下面")),
        ),
        "/search",
        r"/search.*|/browse.*|/documents/.*",
    ),
)
"""In the order in which an address is matched: the narrower patterns first."""


def offered(
    leads_somewhere: Callable[[str], bool], *, has_printer: bool, reaches_phones: bool
) -> list[Guide]:
    """Return the guides whose job can be done here."""
    has = {"": True, "printer": has_printer, "phones": reaches_phones}
    return [each for each in GUIDES if has[each.asks] and (not each.href or leads_somewhere(each.href))]


def job_of(address: str) -> str:
    """Return the job of the page on which help was opened; empty if it belongs to none."""
    path = address.partition("?")[0]
    return next((each.job for each in GUIDES if re.fullmatch(each.pages, path)), "")
