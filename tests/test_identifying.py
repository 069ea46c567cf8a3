"""What may identify a person in a text that is about to be published."""

from __future__ import annotations

import pytest

from kiosk.identifying import TraceKind, traces
from kiosk.web.language.typography import words

OWN = {
    "name": "张样例",
    "number": "372525198001010013",
    "phone": "13800001234",
    "address": "清泉街道温泉路9号",
}


def kinds(text: str, quoted: str = "") -> dict[str, TraceKind]:
    return {each.text: each.kind for each in traces(text, OWN, words, quoted)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证37252519800101001X", TraceKind.ID_NUMBER),
        ("３７２５２５ １９８００１０１ ００１２", TraceKind.ID_NUMBER),
        ("电话１３９ ０００１ ２２３４", TraceKind.MOBILE),
        ("打一三九〇〇〇一二二三四", TraceKind.MOBILE),
        ("卡号6222 0216 0200 1234 567", TraceKind.CARD),
        ("请打0635-5231234", TraceKind.LANDLINE),
        ("发到 someone@example.cn", TraceKind.EMAIL),
        ("微信号 abc_12345", TraceKind.ACCOUNT),
        ("鲁P12345停在门口", TraceKind.PLATE),
        ("住在幸福小区3号楼2单元501室", TraceKind.ADDRESS),
        ("镇政府往东二百米路北第二家", TraceKind.ADDRESS),
        ("申请人：李静的低保", TraceKind.NAME),
        ("王大爷来问", TraceKind.NAME),
        ("阿卜杜拉·买买提", TraceKind.NAME),
        ("补给了欧阳建国家", TraceKind.NAME),
        ("老王头说", TraceKind.NAME),
    ],
)
def test_each_kind_is_found(text: str, kind: TraceKind) -> None:
    assert kind in kinds(text).values()


@pytest.mark.parametrize(
    "written", ["张样例", "张 样 例", "张·样例", "３７２５２５１９８００１０１００１３", "138-0000-1234"]
)
def test_what_the_applicant_wrote_about_themselves_is_barred_however_it_is_written(written: str) -> None:
    [found] = [each for each in traces(f"答复给{written}的材料", OWN, words) if each.kind is TraceKind.OWN]
    assert found.text == written
    assert found.is_barred


def test_an_offices_telephone_can_be_confirmed_and_an_identity_number_cannot() -> None:
    office, number = traces("电话0635-5231234，号码37252519800101001X", OWN, words)
    assert (office.is_barred, number.is_barred) == (False, True)


def test_words_as_the_applicant_wrote_them_are_found() -> None:
    wanted = "我们村东头那条路去年说修到现在也没有修到底怎么回事"
    assert kinds("问：那条路去年说修到现在也没有修到底是什么安排", wanted) == {
        "那条路去年说修到现在也没有修到底": TraceKind.VERBATIM
    }


@pytest.mark.parametrize(
    "text",
    [
        "清泉街道2025年低保名额怎样分配？",
        "依据《社会救助暂行办法》（国务院令第649号），每季度公示一次。",
        "高标准农田建设方案已经主动公开，见县政府网站政策文件栏目。",
    ],
)
def test_an_ordinary_answer_is_left_alone(text: str) -> None:
    assert kinds(text) == {}
