"""
Makes the files of the sample catalogue's attachments: `python -m tests.catalogue.make_sample_files`.

Everything in them is made up and says so. What it makes is committed; it runs again only when the content changes.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kiosk.catalogue.publishing import actions
from printers.paper import fonts, pdf
from printers.paper.document import Bullets, Cut, Feed, KeyValue, Mark, Para, Rule, Slip, Title

FOLDER = Path(actions.__file__).parents[1] / "sample" / "files"
LINE = "＿" * 12
PAPER, INK, ROAD, WATER, HALL = "#faf6ec", "#1c1a16", "#d9d0bc", "#c3d8e8", "#9c2318"
DEEP, WASH = "#163e66", "#eaf0f5"


def application_form() -> Slip:
    """A blank form of two pages, to be filled in by hand."""
    people = [
        KeyValue(f"家庭成员{at}", f"姓名{LINE[:7]}　关系＿＿＿　身份证号{LINE}")
        for at in ("一", "二", "三", "四")
    ]
    return Slip(
        "form",
        "最低生活保障申请表（示例）",
        (
            Title("最低生活保障申请表（示例）", above="示例表格，不能用来办事"),
            KeyValue("申请人姓名", LINE),
            KeyValue("身份证号", LINE * 2),
            KeyValue("住址", f"＿＿＿＿乡镇（街道）＿＿＿＿村（社区）{LINE}"),
            KeyValue("联系电话", LINE),
            Rule(),
            *people,
            Rule(),
            Para("为什么申请", strong=True),
            Feed(60),
            Para("申请人签名：" + LINE + "　　＿＿＿＿年＿＿月＿＿日"),
            Cut(),
            Para("家庭收入和财产", strong=True),
            KeyValue("务工收入（每年）", f"{LINE}元"),
            KeyValue("种养收入（每年）", f"{LINE}元"),
            KeyValue("赡养费、抚养费", f"{LINE}元"),
            KeyValue("存款", f"{LINE}元"),
            Para("随表交这些材料", strong=True),
            Bullets(("户口簿复印件", "身份证复印件", "收入证明（没有单位的不用交）"), boxes=True),
            Mark("示例"),
        ),
    )


def price_list() -> Slip:
    """One page of a notice, as an office would attach it."""
    return Slip(
        "notice",
        "补贴标准对照（示例）",
        (
            Title("耕地地力保护补贴标准对照（示例）", above="示例，金额不是真的"),
            KeyValue("2025年", "每亩样例125元"),
            KeyValue("2026年", "每亩样例129元"),
            Rule(),
            Para("按确权登记的承包地面积发放，抛荒的不发。"),
        ),
    )


def map_of_the_hall() -> Image.Image:
    """A sketch of how to find a hall that does not exist."""
    made = Image.new("RGB", (1200, 900), PAPER)
    draw = ImageDraw.Draw(made)
    face = str(fonts.packaged().sans)
    small, large = ImageFont.truetype(face, 34), ImageFont.truetype(face, 46)
    draw.rectangle((0, 640, 1200, 720), fill=WATER)
    for box in ((0, 380, 1200, 450), (300, 0, 370, 900), (850, 0, 920, 640)):
        draw.rectangle(box, fill=ROAD)
    draw.rectangle((430, 190, 780, 360), outline=HALL, width=6, fill="#ffffff")
    draw.text((455, 245), "政务服务中心", font=large, fill=HALL)
    draw.polygon(((605, 372), (580, 410), (630, 410)), fill=HALL)
    draw.text((480, 460), "北门进，坐电梯到二楼", font=small, fill=INK)
    for at, words in (
        ((40, 395), "示例路"),
        ((385, 40), "样例街"),
        ((935, 60), "示范大道"),
        ((60, 655), "样例河"),
    ):
        draw.text(at, words, font=small, fill=INK)
    for x in (200, 1040):
        draw.ellipse((x, 470, x + 26, 496), fill="#1d5fa8")
    draw.text((990, 505), "公交站", font=small, fill="#163e66")
    draw.text((40, 820), "示意图（示例）：地点是编的，不按比例。", font=small, fill=INK)
    return made.quantize(32)


def picture_of_a_subsidy() -> Image.Image:
    """An interpretation as one picture: four steps, each a number and few words."""
    made = Image.new("RGB", (1200, 1320), PAPER)
    draw = ImageDraw.Draw(made)
    sans, serif = str(fonts.packaged().sans), str(fonts.packaged().serif)
    small, plain, large = (ImageFont.truetype(sans, size) for size in (32, 42, 76))
    draw.rectangle((0, 0, 1200, 170), fill=DEEP)
    draw.text((60, 45), "种地补贴，今年这样领", font=ImageFont.truetype(serif, 68), fill=PAPER)
    steps = (
        ("1", "地没变，不用填表", "村里按去年的底册核对"),
        ("2", "地变了，报变动的那一块", "流转、征收、改种，到村委会登记"),
        ("3", "先公示十天", "面积不对，十天里找村里改"),
        ("4", "打到社保卡，再公示一次", "实际发了多少，村里贴出来"),
    )
    for at, (number, title, words) in enumerate(steps):
        top = 215 + at * 255
        draw.rounded_rectangle((60, top, 1140, top + 215), 24, fill="#ffffff", outline=ROAD, width=4)
        draw.ellipse((95, top + 47, 215, top + 167), fill=WASH)
        draw.text((155, top + 105), number, font=large, fill=DEEP, anchor="mm")
        draw.text((260, top + 45), title, font=ImageFont.truetype(serif, 52), fill=INK)
        draw.text((260, top + 130), words, font=plain, fill=INK)
    draw.text((60, 1255), "图解（示例）：办法和数字是编的，不能作依据。", font=small, fill=INK)
    return made.quantize(32)


def main() -> None:
    """Writes all files."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "低保申请表.pdf").write_bytes(pdf.render(application_form()))
    (FOLDER / "补贴标准对照.pdf").write_bytes(pdf.render(price_list()))
    picture_of_a_subsidy().save(FOLDER / "种地补贴图解.png", optimize=True)
    map_of_the_hall().save(FOLDER / "大厅位置图.png", optimize=True)


if __name__ == "__main__":
    main()
