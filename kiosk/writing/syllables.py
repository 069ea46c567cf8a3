"""
The syllables of Mandarin as typed, without tones, and the sounds that local speakers confuse.

Source: the table of 汉语拼音方案 (1958); ü is typed v after n and l.
"""

from __future__ import annotations

from functools import lru_cache

SYLLABLES = frozenset(
    """
    a ai an ang ao o ou e ei en eng er
    ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu
    pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu
    ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu
    fa fan fang fei fen feng fo fou fu
    da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo
    ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo
    na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nv nuan nve nuo nun
    la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu long lou lu lv luan lve lun luo
    ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
    ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo
    ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo
    ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun
    qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
    xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun
    zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo
    cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo
    sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo
    ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo
    za zai zan zang zao ze zei zen zeng zi zong zou zu zuan zui zun zuo
    ca cai can cang cao ce cen ceng ci cong cou cu cuan cui cun cuo
    sa sai san sang sao se sen seng si song sou su suan sui sun suo
    ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
    wa wai wan wang wei wen weng wo wu
    """.split()
)
TYPED_AS = {"nue": "nve", "lue": "lve"}
"""Common spellings of syllables that are written otherwise."""
INITIALS = frozenset("b p m f d t n l g k h j q x zh ch sh r z c s y w".split())
LONGEST = 6
"""Letters of the longest syllable."""


@lru_cache(maxsize=1024)
def sound_of(syllable: str) -> str:
    """
    Return the sound of a syllable for a speaker who does not distinguish z/zh, c/ch, s/sh, n/l and -n/-ng.

    Words are looked up by it; a difference from what was typed costs a little.
    """
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    if syllable.startswith("l"):
        syllable = "n" + syllable[1:]
    if syllable.endswith(("ang", "eng", "ing")):
        syllable = syllable[:-1]
    return syllable.replace("v", "u")


def sounds_of(reading: str) -> str:
    """Return the sound of a whole reading, syllables separated by blanks."""
    return " ".join(sound_of(syllable) for syllable in reading.split())


def initials_of(reading: str) -> str:
    """Return the first letter of the sound of each syllable."""
    return "".join(sound_of(syllable)[0] for syllable in reading.split())
