"""
`python -m kiosk COMMAND`: the entry for operators, scripts and the demo.

Exit codes: 0 done, 1 refused with one clear line, 2 wrong usage. What a person can cause never shows a traceback.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from kiosk import __version__
from kiosk.cli import words
from kiosk.cli.usage import WIDEST, CommandRow, CommandTable
from kiosk.cli.words import N_
from kiosk.cli.words import gettext as _
from kiosk.errors import KioskError

DONE, REFUSED = 0, 1
BROKEN = 70
"""A fault of ours (EX_SOFTWARE): a supervisor starts the process again."""
NAME = "python -m kiosk"
COMMANDS: dict[str, CommandRow] = {
    "hub": CommandRow(N_("运行县中心：工作人员的办理页和同步"), "kiosk.cli.hub:serve"),
    "terminal": CommandRow(N_("运行一台终端：网页、同步和打印"), "kiosk.cli.terminal:serve"),
    "demo": CommandRow(N_("带示例内容的县中心、终端和虚拟打印机"), "kiosk.cli.workshop:demo"),
    "gallery": CommandRow(N_("所有页面部件的所有样子"), "kiosk.cli.workshop:gallery"),
    "setup": CommandRow(N_("在这台机器上新建一个县的县中心和一台终端，登记好"), "kiosk.cli.setting_up:setup"),
    "init-hub": CommandRow(N_("新建县中心；恢复密钥只显示这一次"), "kiosk.cli.hub:init"),
    "snapshot": CommandRow(N_("制作新终端整份取用的目录文件"), "kiosk.cli.hub:snapshot"),
    "init-terminal": CommandRow(N_("新建一台终端，并在县中心登记"), "kiosk.cli.terminal:init"),
    "hall-pin": CommandRow(N_("终端大厅页的 PIN，从标准输入读"), "kiosk.cli.terminal:hall_pin"),
    "device": CommandRow(
        N_("县中心的终端"),
        rows={
            "add": CommandRow(N_("给新终端的一次性登记码"), "kiosk.cli.devices:add"),
            "place": CommandRow(N_("重新说明已登记的终端在哪里"), "kiosk.cli.devices:place"),
        },
    ),
    "workdays": CommandRow(
        N_("县中心的工作日历"),
        rows={
            "import": CommandRow(
                N_("导入一年的放假安排：holiday-cn 的 JSON、通知的文字，或者 TOML"),
                "kiosk.cli.calendar_years:take_in",
            ),
            "show": CommandRow(N_("哪些年公布了，或者一年的放假和调休"), "kiosk.cli.calendar_years:show"),
        },
    ),
    "staff": CommandRow(
        N_("县中心的账号"),
        rows={
            "add": CommandRow(N_("新账号；密码从标准输入读"), "kiosk.cli.staff:add"),
            "organ-key": CommandRow(
                N_("给一个机关建立读取密钥，或者换新的；恢复密钥从标准输入读"), "kiosk.cli.staff:organ_key"
            ),
            "reset": CommandRow(
                N_("忘了密码、又没有第二位管理员时重置；恢复密钥从标准输入读"), "kiosk.cli.staff:reset"
            ),
            "approve": CommandRow(
                N_("批准能看个人信息的账号；恢复密钥从标准输入读"), "kiosk.cli.staff:approve"
            ),
        },
    ),
    "catalogue": CommandRow(
        N_("公开的内容"),
        rows={
            "import": CommandRow(N_("导入 JSON Lines、CSV 或 XLSX"), "kiosk.cli.catalogue:take_in"),
            "fetch": CommandRow(
                N_("终端从U盘取整份目录：`snapshot --stick` 抄的那一份"), "kiosk.cli.catalogue:fetch"
            ),
            "export": CommandRow(N_("把已公开的内容写成 JSON Lines"), "kiosk.cli.catalogue:export"),
            "check-links": CommandRow(
                N_("查记录里的外部网址还能不能打开"), "kiosk.cli.catalogue:check_links"
            ),
        },
    ),
    "search": CommandRow(N_("和网页一样的搜索"), "kiosk.cli.catalogue:search"),
    "speech": CommandRow(
        N_("网页朗读的录音"),
        rows={
            "prompts": CommandRow(N_("录制随产品发布的固定文字"), "kiosk.cli.workshop:prompts"),
            "make": CommandRow(N_("录制县中心已公开的内容，最要紧的先录"), "kiosk.cli.speech:make"),
        },
    ),
    "deadline": CommandRow(N_("某一天之后的第7、15、20、40个工作日"), "kiosk.cli.upkeep:deadline"),
    "sync": CommandRow(N_("同步一次；上传下载都完成时退出码为0"), "kiosk.cli.terminal:sync"),
    "print": CommandRow(N_("不用打印机，看一张存着的小票"), "kiosk.cli.paper:print_slip"),
    "report-day": CommandRow(N_("一天里办了多少，只有数"), "kiosk.cli.paper:report_day"),
    "check": CommandRow(N_("开机检查：数据库、硬盘、时钟、同步、打印机"), "kiosk.cli.upkeep:check"),
    "audit": CommandRow(
        N_("操作记录"),
        rows={
            "verify": CommandRow(
                N_("核对操作记录有没有被改、被删尾、被重算；有问题时退出码为1"),
                "kiosk.cli.upkeep:verify_audit",
            )
        },
    ),
    "backup": CommandRow(N_("运行中也一致的备份，县中心的加密到恢复密钥"), "kiosk.cli.upkeep:backup"),
    "verify": CommandRow(N_("核对一份备份；不用恢复密钥也行"), "kiosk.cli.upkeep:verify"),
    "restore": CommandRow(N_("从核对过的备份恢复；恢复密钥从标准输入读"), "kiosk.cli.upkeep:restore"),
    "salvage": CommandRow(N_("从损坏的县中心取出还完好的，另建一个能运行的"), "kiosk.cli.upkeep:salvage"),
    "recovery-key": CommandRow(
        N_("以前建的县中心输一次恢复密钥，备份才能加密；从标准输入读"), "kiosk.cli.staff:recovery_key"
    ),
}
"""Every command: its sentence, translated where it is shown, and the function it calls."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command; return its exit code.

    Raises:
        SystemExit: 2 for wrong usage, 0 after a help text, as command lines do.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except click.exceptions.Exit as ended:
        raise SystemExit(ended.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except KioskError as error:
        print(_refusal(error), file=sys.stderr)
    except (KeyboardInterrupt, click.Abort):
        return DONE
    except BrokenPipeError:  # the reader of the answer has enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if sentence := _settings_faults(error) or _store_fault(error):
            print(sentence, file=sys.stderr)
            return REFUSED
        logging.exception("unexpected")
        return BROKEN
    return REFUSED


def _run(arguments: list[str]) -> int:
    """Run a command without click's own handling of errors, which knows neither our errors nor our codes."""
    words.begin()
    with program().make_context(NAME, arguments, max_content_width=WIDEST) as context:
        code: int = context.command.invoke(context)
        return code


def _refusal(error: KioskError) -> str:
    from kiosk.cli import refusals

    return refusals.in_words(error)


def _settings_faults(error: Exception) -> str:
    """Return the faults of a settings file; empty for any other error."""
    from config.settings_file import SettingsError

    return f"{error.path}: {'; '.join(error.faults)}" if isinstance(error, SettingsError) else ""


def _store_fault(error: Exception) -> str:
    """Return the line for a database that is damaged, full or away; empty for any other error."""
    from kiosk.db.faults import fault

    meaning = fault(error)
    return _refusal(meaning) if meaning else ""


def program() -> CommandTable:
    """Return the command line as a whole."""
    whole = CommandTable(NAME, COMMANDS, _("政务公开体验区。"))
    version = click.version_option(__version__, prog_name="kiosk", message="%(prog)s %(version)s")
    return version(whole)
