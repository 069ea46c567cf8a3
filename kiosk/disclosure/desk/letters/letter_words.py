"""The sentences of what keeps a letter from being written, approved, issued or served; and the words of its states."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.disclosure.events import ServiceWay
from kiosk.disclosure.letters.kinds import KindRow
from kiosk.disclosure.letters.models import LetterState
from kiosk.disclosure.letters.page.letter_text import HeadStyle
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.web.language.wording import N_, gettext

STATES: Mapping[LetterState, str] = {
    LetterState.DRAFT: N_("草稿"),
    LetterState.WAITING: N_("待审核"),
    LetterState.APPROVED: N_("审核通过，待签发"),
    LetterState.ISSUED: N_("已签发，待送达"),
    LetterState.SERVED: N_("已送达"),
    LetterState.VOID: N_("已作废"),
}
TONES: Mapping[LetterState, str] = {
    LetterState.WAITING: "warn",
    LetterState.APPROVED: "warn",
    LetterState.SERVED: "good",
}
WAYS: Mapping[ServiceWay, str] = {
    ServiceWay.DIRECT: N_("直接送达（本人或者法定代理人签收）"),
    ServiceWay.ENTRUSTED: N_("委托其他行政机关送达"),
    ServiceWay.POST: N_("邮寄送达（中国邮政）"),
    ServiceWay.EMAIL: N_("按申请人选择发电子邮件"),
    ServiceWay.CODE: N_("申请人凭编号和查询码在终端领取"),
}
STYLES: Mapping[HeadStyle, str] = {
    HeadStyle.LETTER: N_("信函格式"),
    HeadStyle.RED_HEAD: N_("文件格式（红头）"),
    HeadStyle.PREPRINTED: N_("用印好红头的纸"),
}
REFUSALS: Mapping[str, str] = {
    "addressee-missing": N_("请填写收件人。"),
    "after-today": N_("日期不能晚于今天。"),
    "amount-unreadable": N_("应缴金额请只写数字，比如 100 或者 100.00。"),
    "before-letter": N_("日期不能早于文书的日期。"),
    "confirmer-missing": N_("请写明是司法局的哪一位确认的。"),
    "contact-missing": N_("文书设置里还没有填写联系方式，填好才能送审和签发。"),
    "day-unreadable": N_("请把日期选完整。"),
    "extension-backwards": N_("延长后的日期要晚于现在的答复期限。"),
    "facts-missing": N_("还没有写：%(what)s。"),
    "file-busy": N_("正在处理别的文件，请过一会儿再试。"),
    "file-too-large": N_("文件太大，一个最多20兆。"),
    "files-too-large": N_("文件加起来太大，一份文书最多40兆。"),
    "files-too-many": N_("文件太多，一份文书最多20个。"),
    "file-type": N_("只收PDF、PNG和JPEG，终端上能看能打印。"),
    "letter-character": N_("字库里没有这个字：%(what)s。请换成能显示的写法，或者请管理员装上字库。"),
    "letter-fonts-missing": N_("后台没有可用的字库，请管理员检查 letter_fonts 设置。"),
    "letter-layout": N_("排版时出了错，没有签发。请联系管理员。"),
    "letter-not-issued": N_("这份文书还没有签发。"),
    "letter-not-open": N_("这份文书的状态已经变了，这一步现在不能办。"),
    "letter-not-posted": N_("不是邮寄的，或者签收日期已经记过。"),
    "letter-proof": N_("排好的页面和文字对不上，没有签发。附近的文字：%(what)s"),
    "letter-sign-missing": N_("文书设置里还没有填写机关代字，填好才能编号。"),
    "letter-too-long": N_("文书太长，最多12万字。"),
    "answer-too-large": N_("答复和附件加起来太大，终端上领不了。请减少附件，或者用别的方式送达。"),
    "mark-outside": N_("框画到页面外面去了，请重新画。"),
    "marks-missing": N_("还没有标要遮盖的地方，或者刚才又变了；请看过再做遮盖本。"),
    "marks-too-many": N_("一个文件最多标500处。"),
    "not-an-answer": N_("只有答复可以放到终端领取。"),
    "no-deadline": N_("这件申请现在没有在计算的答复期限。"),
    "not-approved": N_("要先送另一位审核，通过了才能签发。"),
    "online-channel-unknown": N_(
        "通过互联网送达，要同时告知提交行政复议申请的互联网渠道（行政复议法第二十二条第二款）。请先在文书设置里填写，再重新签发。"
    ),
    "own-letter": N_("自己写的文书要由另一位审核。"),
    "own-proposal": N_("自己提出的文字要由另一位批准。"),
    "place-missing": N_("文字里少了这一处：{%(what)s}。"),
    "place-too-many": N_("这种文书不写救济告知，请去掉：{%(what)s}。"),
    "place-unknown": N_("没有这一处可填：{%(what)s}。"),
    "places-unfilled": N_("正文里还有没填的地方：%(what)s。"),
    "proof-missing": N_("请填写邮件号码，或者写明由谁以什么身份签收。"),
    "redaction-left": N_("核对没有通过：遮盖以后还留着内容，没有保存。请打印出来遮盖，再扫描。"),
    "redaction-outside": N_("框画到页面外面去了，请重新画。"),
    "redaction-unfinished": N_("附件里有标了要遮盖、还没有做遮盖本的文件；做好才能送审、签发和打开。"),
    "reading-key-missing": N_("待密钥：您这次登录没有这件申请的读取密钥。请持钥人批准后重新登录。"),
    "reason-missing": N_("请写明理由。"),
    "remedies-missing": N_("正文里少了“{救济}”一处：这种文书要告知救济权利。"),
    "remedies-too-many": N_("这种文书不写救济告知，请从正文里去掉（司法部指导意见：单独申请复议不予受理）。"),
    "remedies-unknown": N_("文书设置里还没有填写复议机关、地址和管辖法院，填好才能签发。"),
    "sealed-part-broken": N_("封存的内容打不开，原件没有改动。请联系管理员核对密钥。"),
}
"""The sentence of each code."""


def sentence(code: str, detail: str = "") -> str:
    """Return the sentence of a code in the language of the page."""
    words = REFUSALS.get(code)
    if words is None:
        return ""
    return gettext(words, what=detail) if "%(what)s" in words else gettext(words)


def name_of(row: KindRow) -> str:
    """Return what the desk calls a kind of letter: an answer by its outcome."""
    return str(OUTCOMES[row.outcome].words) if row.outcome else gettext(row.title)
