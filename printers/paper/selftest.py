"""The self-test: pages that show an installer which profile fits a printer, and their bytes."""

from dataclasses import replace

from printers.device import escpos_commands
from printers.device.profiles import Mode, Profile
from printers.paper import raster
from printers.paper.document import Bullets, KeyValue, Mark, Para, Qr, Rule, Slip, Title
from printers.paper.encode import Encoded, encode
from printers.paper.fonts import Fonts
from printers.paper.gbk import RESET

KIND = "self-test"
RARE = "䶮㛃㭎㬎䲟䥽鿍鿎鿏𠅤𤩽𬭚𬬻"
"""Characters of names that printers' own fonts lack."""
PUNCTUATION = "，。、；：？！（）《》“”——……〔2022〕8号 ￥12.50"


def slip(profile: Profile) -> Slip:
    """Return a slip in which each mark shows one ability that the profile claims."""
    facts = (
        KeyValue("型号", profile.title),
        KeyValue("配置", profile.name),
        KeyValue("宽度", f"{profile.width_dots} 点，{profile.columns} 列"),
        KeyValue("方式", "点阵图" if profile.mode is Mode.RASTER else f"文字（{profile.repertoire}）"),
        KeyValue("切刀", str(profile.cut)),
        KeyValue("状态", f"{profile.status}，完成证明 {profile.job_end}"),
    )
    return Slip(
        KIND,
        "打印机自检",
        (
            Mark("自检 样张"),
            Title("打印机自检"),
            *facts,
            Rule(),
            Para("看三件事", strong=True),
            Bullets(
                (
                    "“自检 样张”的黑条从左到右铺满纸，没有缺口：宽度对。",
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
    Return lines in the printer's own font under each repertoire, to choose `mode` and `repertoire`.

    A line that reads as it should shows what the printer's font has; wrong signs or blanks show what it lacks.
    """
    lines = (("gb2312", "政务公开体验区"), ("gbk", "镕喆堃昇"), ("gb18030", "䶮㛃㭎"))
    probe = b"".join(name.encode() + b" " + text.encode("gb18030") + b"\n" for name, text in lines)
    return RESET + probe + escpos_commands.cut(profile)


def ladder(table: dict[str, Profile]) -> list[Slip]:
    """
    Return one bar for each width of the table, narrow ones first; the widest that prints whole shows the paper's
    width.
    """
    bars = []
    for width in sorted({profile.width_dots for profile in table.values()}):
        names = "、".join(name for name, profile in table.items() if profile.width_dots == width)
        bars.append(Slip(KIND, "", (Para(f"{width} 点：{names}", small=True), Mark(f"{width}"))))
    return bars


def encoded(profile: Profile, table: dict[str, Profile], *, with_fonts: Fonts | None = None) -> Encoded:
    """
    Return the whole test as one job: the ladder of widths, the slip as this profile prints it, the font probe.

    Args:
        table: All profiles to choose from; their widths make the ladder.
    """
    parts, mm = [RESET], 0
    first = Slip(KIND, "", (Para("左右两头都完整的，最宽的一条，就是这台打印机的宽度。", small=True),))
    widest = sorted({one.width_dots for one in table.values()})
    for rung, width in zip([first, *ladder(table)], [widest[0], *widest], strict=True):
        picture = raster.render(rung, replace(profile, width_dots=width), with_fonts=with_fonts)
        parts += raster.bands(picture, profile.band_rows)
        mm += picture.height // profile.dots_per_mm
    page = encode(slip(profile), profile, with_fonts=with_fonts)
    probe_mm = 3 * 4 + profile.feed_mm
    return Encoded(b"".join(parts) + page.data + text_probe(profile), mm + page.paper_mm + probe_mm)


def pages(profile: Profile, table: dict[str, Profile]) -> bytes:
    """Return the bytes of the whole test."""
    return encoded(profile, table).data
