"""The self-test: a page per question an installer has (which profile fits this printer?) and its bytes."""

from . import commands
from .document import Bullets, KeyValue, Mark, Para, Qr, Rule, Slip, Title
from .encode import encode
from .gbk import RESET
from .profiles import Mode, Profile

RARE = "䶮㛃㭎㬎䲟䥽鿍鿎鿏𠅤𤩽𬭚𬬻"
"""Characters of names that printers' own fonts lack."""
PUNCTUATION = "，。、；：？！（）《》“”——……〔2022〕8号 ￥12.50"


def slip(profile: Profile) -> Slip:
    """What a printer of this profile should show: every mark of it has a meaning an installer can check."""
    facts = (
        KeyValue("型号", profile.title),
        KeyValue("配置", profile.name),
        KeyValue("宽度", f"{profile.width_dots} 点，{profile.columns} 列"),
        KeyValue("方式", "点阵图" if profile.mode is Mode.RASTER else f"文字（{profile.repertoire}）"),
        KeyValue("切刀", str(profile.cut)),
        KeyValue("状态", f"{profile.status}，完成证明 {profile.job_end}"),
    )
    return Slip(
        "self-test",
        "打印机自检",
        (
            Mark("自检 样张"),
            Title("打印机自检"),
            *facts,
            Rule(),
            Para("看三件事", strong=True),
            Bullets(
                (
                    "上面两条黑边到纸的左右边一样宽，没有缺口：宽度对。",
                    "下面每个字都是字，没有问号、方块和乱码：字库对。",
                    "二维码扫得出，纸在最后一行字下面切断：切刀对。",
                ),
                ordered=True,
            ),
            Para(f"常用标点 {PUNCTUATION}"),
            Para(f"生僻字 {RARE}"),
            Para("0123456789 ABCDEFGHIJKLM abcdefghijklm", small=True),
            Qr("https://example.invalid/self-test", "自检二维码"),
            Mark("自检 样张"),
        ),
    )


def text_probe(profile: Profile) -> bytes:
    """
    Lines in the printer's own font under each repertoire, for the choice of `mode` and `repertoire`.

    A line that reads as it should names what the printer's font has; wrong signs or blanks name what it lacks.
    """
    lines = (("gb2312", "冠县政务公开"), ("gbk", "镕喆堃昇"), ("gb18030", "䶮㛃㭎"))
    probe = b"".join(name.encode() + b" " + text.encode("gb18030") + b"\n" for name, text in lines)
    return RESET + probe + commands.cut(profile)


def pages(profile: Profile) -> bytes:
    """Both: the slip as this profile prints it, and the probe of the printer's font."""
    return encode(slip(profile), profile).data + text_probe(profile)
