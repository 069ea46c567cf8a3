"""The line that a refused command prints: the detail that the error carries, after its sentence in Chinese."""

from __future__ import annotations

from kiosk.cli import words
from kiosk.errors import KioskError

SENTENCES: dict[str, str] = {
    "already-here": "这里已经有了",
    "calendar": "工作日历不能用",
    "cannot-bind": "这个地址不能用来监听",
    "copy-differs": "硬盘读回来的和写进去的不一样，备份没有做成",
    "copy-exists": "备份文件已经存在，没有改动",
    "copy-failed": "备份没有做成",
    "copy-incomplete": "备份不完整",
    "count-wrong": "通知里的天数不对",
    "database-in-use": "这个数据库里已经有一个县中心",
    "day-of-other-year": "有一天不在这一年",
    "day-twice": "有一天写了两次",
    "day-wrong": "有一天的写法不对",
    "disk-full": "硬盘满了",
    "holiday-missing": "通知里少了节日",
    "home-damaged": "数据有损坏，没有备份，各终端不会删除任何东西",
    "home-exists": "目录已经存在，没有改动",
    "home-newer": "数据是更新的版本写的",
    "hub-not-served": "县中心没有运行起来",
    "name-form": "名字的写法不对",
    "name-taken": "这个名字已经有人用了",
    "no-catalogue": "这里没有公开目录",
    "no-change": "和现在的日历一模一样",
    "no-device": "没有登记过这个名字的终端",
    "no-file": "文件读不了",
    "no-home": "这里不是县中心或者终端的数据目录",
    "no-hub": "数据库里没有县中心",
    "no-items": "没有看到通知的条目",
    "no-kind": "没有这一类",
    "no-printer": "没有设打印机",
    "no-recovery-key": "县中心还不知道恢复密钥",
    "no-source": "没有写明依据哪一份通知（--number 或 --issued）",
    "no-such-account": "没有这个账号",
    "no-such-day": "没有这一天",
    "no-such-profile": "没有这种打印机设置",
    "no-such-slip": "打印队列里没有这张小票",
    "no-tool": "缺少要用的程序",
    "no-tools": "这条命令要在源码目录里用",
    "not-a-copy": "这不是备份文件",
    "not-a-database": "这不是数据库文件",
    "not-announced": "放假安排还没有公布",
    "not-enrolled": "这台终端还没有登记",
    "not-json": "不是 holiday-cn 的 JSON 文件",
    "not-text": "不是 UTF-8 文本",
    "not-understood": "通知里有一句没有看懂",
    "not-written": "文件写不了",
    "nothing-to-approve": "没有要批准的",
    "nothing-to-change": "要调整的那一年还没有导入",
    "one-worker": "多个进程要用 PostgreSQL",
    "order-wrong": "通知里日子的先后不对",
    "password-holds-name": "密码里不能有账号名",
    "password-same": "新密码和现在的一样",
    "password-too-long": "密码太长",
    "password-too-short": "密码太短",
    "port-in-use": "端口已被占用",
    "printer-settings": "打印机设置不能用",
    "recovery-key-mistyped": "恢复密钥打错了",
    "recovery-key-needed": "这份备份要用恢复密钥打开",
    "recovery-key-wrong": "恢复密钥不对",
    "role-unknown": "没有这个角色",
    "sample-refused": "示例内容没有收下",
    "server-too-old": "数据库服务器版本太旧",
    "slip-forgotten": "这张小票过了保存时间，已经删除",
    "store-away": "数据库服务器连不上",
    "store-busy": "数据库服务器太忙",
    "too-late": "工作日历没有那么远",
    "unknown-part": "--only 里有不认识的部分",
    "weekday-wrong": "通知里的星期不对",
    "which-slip": "请写小票的编号，或者 --self-test",
    "worked-weekday": "说上班的那一天不是周六、周日",
    "year-missing": "没有看出是哪一年的通知",
}
"""Sentences for readers of Chinese only: for all others the detail says it, in English."""


def in_words(error: KioskError) -> str:
    """Return the line that a refused command prints."""
    detail = error.detail or error.code
    sentence = SENTENCES.get(error.code, "") if words.language().is_source else ""
    return f"{sentence}（{detail}）" if sentence else detail
