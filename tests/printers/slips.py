"""Slips with sentences, for the tests of this folder."""

from printers.paper import document as doc

CODE = "4821 0937 5516"
NUMBER = "GX03-261122-0007-K7-4"


def a_receipt(*, lang: str = "zh-CN", large: bool = False) -> doc.Slip:
    """The receipt of a request for disclosure, contents as LAW.md 2.2."""
    return doc.Slip(
        "disclosure-receipt",
        "政府信息公开申请接收回执",
        (
            doc.Title("政府信息公开申请接收回执", above="冠县人民政府办公室"),
            doc.Big("编号", NUMBER),
            doc.Secret("code", "查询码（请妥善保管）", "查询码见原件"),
            doc.KeyValue("申请人", "张*"),
            doc.KeyValue("办理机关", "冠县农业农村局"),
            doc.KeyValue("提交时间", "2026年11月22日 14:05"),
            doc.KeyValue("收到日期", "2026年11月22日"),
            doc.KeyValue(
                "答复期限",
                "自收到之日起20个工作日内，预计不晚于2026年12月18日（如补正、延期、征求第三方意见则相应变化）",
            ),
            doc.KeyValue("获取方式", "到本机领取；短信通知 138****5678"),
            doc.KeyValue("受理地点", "清泉街道便民服务中心 3号机"),
            doc.KeyValue("咨询电话", "0635-5231234（工作日 8:30-12:00 13:30-17:30）"),
            doc.Rule(),
            doc.Qr(
                f"https://gk.guanxian.gov.cn/p/{NUMBER}",
                "扫码查看办理进度。没有手机，也可凭编号和查询码在任何一台体验区终端查询。",
            ),
            doc.Para(
                "依据《中华人民共和国政府信息公开条例》第二十九条、第三十一条、第三十三条。本回执由终端打印，"
                "仅证明申请已经接收，不代表准予公开。您的姓名、证件和联系方式已加密，只用于办理本次申请。"
                "热敏纸会褪色，请拍照留存。",
                small=True,
            ),
        ),
        lang=lang,
        large=large,
    )


def a_short_slip(text: str = "便民服务中心电话 0635-5231234") -> doc.Slip:
    """A telephone card of a few millimetres."""
    return doc.Slip("telephone-card", "", (doc.Para(text),))


def a_guide(*, large: bool = False) -> doc.Slip:
    """The checklist of a service guide."""
    return doc.Slip(
        "guide-checklist",
        "城乡居民最低生活保障申请",
        (
            doc.Para("办理前，请对照清单准备好材料。"),
            doc.Para("要带的材料", strong=True),
            doc.Bullets(
                (
                    "户口簿、身份证原件和复印件",
                    "家庭收入、财产状况声明书",
                    "残疾证、诊断证明（有的才带）",
                    "社会救助家庭经济状况核对授权书（每位成年家庭成员签字）",
                ),
                boxes=True,
            ),
            doc.Para("怎么办", strong=True),
            doc.Bullets(
                (
                    "到户籍所在地乡镇（街道）提出申请",
                    "工作人员入户调查，10个工作日内完成",
                    "公示7天，无异议的由县民政局确认",
                ),
                ordered=True,
            ),
            doc.KeyValue("办理地点", "清泉街道便民服务中心 2号窗口"),
            doc.KeyValue("咨询电话", "0635-5231234"),
            doc.KeyValue("收费", "不收费"),
            doc.Qr("https://gk.guanxian.gov.cn/d/guide-0012", "扫码看完整指南"),
        ),
        large=large,
    )


def an_english_receipt() -> doc.Slip:
    """The receipt for a reader of English."""
    return doc.Slip(
        "disclosure-receipt",
        "Receipt of a Request for Government Information",
        (
            doc.Big("Number", NUMBER),
            doc.Secret("code", "Query code", "See the original for the query code"),
            doc.KeyValue("Handling authority", "Guanxian Bureau of Agriculture and Rural Affairs"),
            doc.KeyValue("Applicant", "张*"),
            doc.KeyValue("Received on", "22 November 2026"),
            doc.KeyValue("Reply due", "within 20 working days of receipt, expected by 18 December 2026"),
            doc.KeyValue("Telephone", "0635-5231234 (working days 8:30-12:00, 13:30-17:30)"),
            doc.Rule(),
            doc.Qr(f"https://gk.guanxian.gov.cn/p/{NUMBER}", "Follow your request with number and code"),
            doc.Para(
                "This slip confirms that the request has been received; it is not a reply and bears no seal.",
                small=True,
            ),
        ),
        lang="en",
    )
