"""
Settings of a terminal and of the hub: every key with its type, unit and one sentence.

Defaults name no county: its words come from `init-hub`, `init-terminal` and `setup`, or from the example files beside
this module, which are of one county whole. `settings_file` reads and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from config import colours
from config.checks import (
    Check,
    between,
    card_reader_address,
    code_scanner_address,
    database_address,
    day_hours,
    millimetre,
    not_empty,
    notice_hook,
    one_of,
    page_printer_address,
    pin_hash,
    printer_address,
    pronunciations,
    queue_windows,
    secure_or_local,
    terminal_prefix,
    web_address,
    web_addresses,
)

Value = str | int | bool | tuple[str, ...]


def _setting(default: Value, sentence: str, *, unit: str = "", check: Check | None = None) -> Any:
    meta = {"sentence": sentence, "unit": unit, "check": check}
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class TerminalSettings:
    """Settings of a terminal, read from `terminal.toml`."""

    place_name: str = _setting(
        "政务公开体验区", "Name of the experience zone, above left on every page.", check=not_empty
    )
    station_name: str = _setting("1号机", "Place of this machine, in words.", check=not_empty)
    seal_text: str = _setting("政务公开", "Two or four characters of the county's mark.", check=not_empty)
    primary_colour: str = _setting(
        "#163e66", "The one colour of buttons and links; at least 7:1.", check=colours.primary_fault
    )
    seal_colour: str = _setting(
        "#9c2318", "Colour of the county's mark and of calling staff; at least 7:1.", check=colours.fault
    )
    px_per_mm: str = _setting(
        "",
        "Width of the screen in pixels, divided by its width in millimetres, so that what is touched measures"
        " 20 mm; empty: 3.86.",
        unit="pixels per millimetre",
        check=millimetre,
    )
    low_position: bool = _setting(
        False, "Whether each visit begins with everything to touch in the lower 60 % of a portrait screen."
    )
    sound: str = _setting(
        "warning",
        "Sounds besides speech: none; warning: the question whether somebody is still there; all: each"
        " press too.",
        check=one_of("none", "warning", "all"),
    )
    county_name: str = _setting("本县", "Name of the county; 本县: not set yet.", check=not_empty)
    organ_code: str = _setting(
        "X-01", "Code of the organ that takes requests when the citizen knows no other.", check=not_empty
    )
    organ_name: str = _setting(
        "办理机关", "Full name of that organ, printed on receipts; 办理机关: not set yet.", check=not_empty
    )
    organ_phone: str = _setting("", "Telephone of that organ; empty: not printed.")
    organ_hours: str = _setting("工作日 8:30–12:00，13:30–17:30", "Office hours of that organ.")
    help_phone: str = _setting("", "Telephone of the hall's staff, on the help page.")
    help_place: str = _setting("大厅咨询台", "Where the hall's staff is found.")
    hall_pin_hash: str = _setting(
        "",
        "Hash of the PIN of the hall's staff page /hall, made by `python -m kiosk hall-pin`; it holds while the hub"
        " has named no staff for this machine; empty: closed.",
        check=pin_hash,
    )
    assist_minutes: int = _setting(
        20,
        "Time for which a member of the hall's staff assists before more time is asked for.",
        unit="minutes",
        check=between(5, 60),
    )
    identity_step: str = _setting(
        "name",
        "What is asked, besides number and query code, of the person who corrects or withdraws a request: name (and"
        " the last four places of the document's number), staff (the hall's staff sees the document), none.",
        check=one_of("name", "staff", "none"),
    )
    in_person_organs: tuple[str, ...] = _setting(
        (),
        "Codes of organs for which a request at this machine counts as handed in in person"
        " (Regulation art. 31); for all others the organ confirms the date of receipt.",
    )
    channel: str = _setting(
        "kiosk",
        "kiosk: a machine in a hall; web: the county's public pages.",
        check=one_of("kiosk", "web"),
    )
    hub_url: str = _setting("", "Address of the hub.", check=secure_or_local)
    public_url: str = _setting(
        "",
        "Address of the county's public pages, for QR codes; empty: codes carry text only.",
        check=web_address,
    )
    host: str = _setting("127.0.0.1", "Address on which pages are served.")
    port: int = _setting(8080, "Port on which pages are served.", check=between(1, 65535))
    allowed_hosts: tuple[str, ...] = _setting(
        (), "Further names (with port) under which browsers may ask for pages."
    )
    trusted_proxies: int = _setting(
        0,
        "Proxies in front whose word on the visitor's address and protocol is believed; 0: none.",
        check=between(0, 5),
    )
    idle_s: int = _setting(60, "Quiet time before the warning.", unit="seconds", check=between(45, 180))
    web_idle_s: int = _setting(
        900,
        "The same on the county's public pages: telephones are put away and taken up again.",
        unit="seconds",
        check=between(60, 3600),
    )
    idle_warning_s: int = _setting(30, "Time to answer the warning.", unit="seconds", check=between(20, 60))
    sync_interval_s: int = _setting(
        60, "Time between two rounds of sync.", unit="seconds", check=between(1, 3600)
    )
    printer: str = _setting(
        "none", "The receipt printer; none: numbers stay on the screen.", check=printer_address
    )
    printer_profile: str = _setting("generic-80", "A profile of printers.toml.", check=not_empty)
    page_printer: str = _setting(
        "none",
        "A printer for A4, for filled application forms to sign; it must stand where only its user takes the paper.",
        check=page_printer_address,
    )
    card_reader: str = _setting(
        "none",
        "The reader of identity cards; none: names and numbers are typed. Only readers with a safety module, which send"
        " a card to nobody.",
        check=card_reader_address,
    )
    card_reader_profile: str = _setting(
        "sam-serial", "A profile of readers.toml that reads cards.", check=not_empty
    )
    code_scanner: str = _setting(
        "none",
        "The scanner of QR and bar codes; none: numbers are typed. One that acts as a keyboard needs the rule of"
        " config/browser/61-readers.rules.",
        check=code_scanner_address,
    )
    code_scanner_profile: str = _setting(
        "scanner-serial", "A profile of readers.toml that reads codes.", check=not_empty
    )
    most_sheets: int = _setting(
        20, "Most A4 pages of a document or attachment that are printed at one touch.",
        unit="pages", check=between(1, 200),
    )  # fmt: skip
    font_path: str = _setting(
        "", "A font file for receipts; empty: Noto Sans SC as installed with the product."
    )
    unprinted_minutes: int = _setting(
        10, "Time after which a slip that could not be printed is no longer printed.", unit="minutes",
        check=between(1, 60),
    )  # fmt: skip
    most_a_day: int = _setting(
        5000, "Most submissions that this machine takes in a day; a further one is sent to the counter.",
        unit="submissions", check=between(1, 9999),
    )  # fmt: skip
    document_camera: bool = _setting(
        False,
        "Whether this machine has a camera above a tray with which citizens photograph papers for their requests;"
        " false: papers go to the window. Public pages take files of the telephone in any case.",
    )
    inquiry_workdays: int = _setting(
        5, "Working days within which the county promises to answer a question that is left here.",
        unit="working days", check=between(1, 60),
    )  # fmt: skip
    form_least_s: int = _setting(
        0, "Least time from the first question of a form to handing it in, against scripts; 0: none.",
        unit="seconds", check=between(0, 120),
    )  # fmt: skip
    named_rows: bool = _setting(
        True,
        "Whether lists that name persons (subsidies of a village) are shown here by village. Only those come here that"
        " the hub gives this machine: see `device place` and the hub's setting named_rows_on_web.",
    )
    townships: tuple[str, ...] = _setting((), "Townships whose villages this machine serves; empty: all.")
    common_words: tuple[str, ...] = _setting(
        ("低保", "养老金", "医保报销", "种粮补贴", "宅基地", "老年证"), "Words under the search box."
    )
    queue_letter: str = _setting(
        "",
        "Letter of the queue numbers that this machine gives, another one at each machine; empty: it gives none.",
        check=one_of("", *"ACFHKLMRUWXY"),
    )
    queue_place: str = _setting(
        "",
        "Code of this hall among the places of the county's consultation, whose topics and hours the queue has then;"
        " empty: one topic, and the hours below.",
    )
    queue_windows: tuple[str, ...] = _setting(
        ("1", "2", "3"),
        'Windows of the hall by their number; one that serves some topics only names their codes: "3=ns,yb".',
        check=queue_windows,
    )
    queue_hours: tuple[str, ...] = _setting(
        ("8:30-12:00", "13:30-17:30"),
        "Hours of working days in which numbers are given, where the county has entered none for this hall.",
        check=day_hours,
    )
    queue_machines: tuple[str, ...] = _setting(
        (),
        "Addresses of the hall's machines that may keep its queue; the first one keeps it, another one after a clerk"
        " has taken over there. The same list on every machine of the hall; empty: each machine keeps its own.",
        check=web_addresses,
    )
    queue_address: str = _setting(
        "", "Address under which the hall's other machines reach this one.", check=web_address
    )
    queue_phone_url: str = _setting(
        "",
        "Address under which telephones reach this machine (the hall's wireless network), for the code on a queue"
        " number; empty: no code.",
        check=web_address,
    )
    blob_quota_mb: int = _setting(
        4000,
        "Room for files of documents (attachments, recordings); those used most are kept here, the others"
        " stay at the hub.",
        unit="megabytes",
        check=between(0, 1_000_000),
    )
    runtime_dir: str = _setting(
        "", "Folder in memory for keys that must not outlive a boot; empty: a folder under /dev/shm."
    )

    @property
    def quiet_s(self) -> int:
        """Return the quiet time in seconds before the warning, on this channel."""
        return self.web_idle_s if self.channel == "web" else self.idle_s


@dataclass(frozen=True)
class HubSettings:
    """Settings of the hub, read from `hub.toml`."""

    place_name: str = _setting("政务公开中心", "Name above left on the desk's pages.", check=not_empty)
    county_name: str = _setting("本县", "Name of the county; 本县: not set yet.", check=not_empty)
    seal_text: str = _setting("政务公开", "Two or four characters of the county's mark.", check=not_empty)
    terminal_prefix: str = _setting(
        "X",
        "Head of the terminals' codes and so of all numbers, such as X01; fixed when the hub is made.",
        check=terminal_prefix,
    )
    organ_code: str = _setting(
        "",
        "Code in the directory of the county's disclosure office, which holds the reading keys of organs that have none"
        " of their own; empty: the prefix with -01.",
    )
    one_office: bool = _setting(
        False,
        "Whether that office receives the requests to all organs of the county; receipts say so, and the office assigns"
        " each to its organ.",
    )
    database: str = _setting(
        "",
        "Address of the hub's PostgreSQL database (postgresql://user@host/name), without the password, which is in"
        " database.password beside this file or in KIOSK_DATABASE_PASSWORD; empty: SQLite in this folder.",
        check=database_address,
    )
    host: str = _setting("127.0.0.1", "Address on which the desk and the sync are served.")
    port: int = _setting(8090, "Port on which the desk and the sync are served.", check=between(1, 65535))
    public_url: str = _setting(
        "http://127.0.0.1:8090",
        "Address under which clerks and terminals reach the hub.",
        check=secure_or_local,
    )
    allowed_hosts: tuple[str, ...] = _setting((), "Further names (with port) under which browsers may ask.")
    trusted_proxies: int = _setting(
        0,
        "Proxies in front whose word on the visitor's address and protocol is believed; 0: none.",
        check=between(0, 5),
    )
    identity_step: str = _setting(
        "name",
        "What is asked, besides number and query code, of the person who collects an answer: name (and the last four"
        " places of the document's number), staff (the hall's staff sees the document), none; say the same on"
        " terminals.",
        check=one_of("name", "staff", "none"),
    )
    inquiry_approval: bool = _setting(
        False, "Whether a second person reads each answer to a question that was left before it is released."
    )
    desk_idle_s: int = _setting(
        1200, "Quiet time after which a clerk signs in again.", unit="seconds", check=between(60, 28800)
    )
    desk_longest_s: int = _setting(
        43_200,
        "Time after which a clerk signs in again however busy; said before it ends.",
        unit="seconds",
        check=between(600, 86_400),
    )
    second_factor: bool = _setting(
        True,
        "Whether accounts that read personal data sign in with a code of their telephone too;"
        " false only for a hub that nobody reaches from another machine, such as a demo.",
    )
    enrolment_minutes: int = _setting(
        15, "Life of a terminal's one-time code.", unit="minutes", check=between(1, 1440)
    )
    single_approval: bool = _setting(
        False,
        "Whether one publisher may approve what the same publisher brought; only for units that have one;"
        " each such approval is logged as one.",
    )
    public_sites: tuple[str, ...] = _setting(
        (),
        "Hosts of the county's own sites: what an import brings with an address there is public already and may be"
        " approved as one batch; empty: any web address.",
    )
    pronunciation: tuple[str, ...] = _setting(
        (),
        'How names of the county are said when texts are recorded, such as "某县=mou3 xian4".',
        check=pronunciations,
    )
    named_rows_on_web: bool = _setting(
        False,
        "Whether public pages for phones get the lists that name persons of their townships; anybody can read them"
        " there.",
    )
    watch_folder: str = _setting(
        "", "Folder in which the county site's export arrives; each file is imported once; empty: none."
    )
    watch_mapping: str = _setting(
        "",
        "Name of the column mapping, saved at the desk, for files of that folder; empty: columns as they are.",
    )
    watch_interval_s: int = _setting(
        60,
        "Time between two looks at that folder and at what is due.",
        unit="seconds",
        check=between(5, 3600),
    )
    attachment_mb: int = _setting(
        20, "Size of the largest file that may be attached to a document.",
        unit="megabytes", check=between(1, 200),
    )  # fmt: skip
    charges_fees: bool = _setting(
        False,
        "Whether the county charges the fee for handling information (国办函〔2020〕109号); then the desk has its"
        " calculator. No citizen sees a fee when handing in.",
    )
    notice_hook: str = _setting(
        "",
        "The county's own way to telephones, called when the state of a request changes whose owner left a telephone: a"
        " command (given number, state and a few words) or an address that takes them as JSON by POST; nothing personal"
        " goes out, not even the telephone; empty: none.",
        check=notice_hook,
    )
    letter_fonts: str = _setting(
        "",
        "Folder of the county's own fonts for letters (仿宋, 小标宋, 黑体, 楷体); empty: free ones of Debian's package"
        " texlive-lang-chinese where it is installed, else Noto.",
    )
    fee_review_months: int = _setting(
        6, "Time after which a fee list that was not touched is on the list of things to do.",
        unit="months", check=between(1, 36),
    )  # fmt: skip
    external_links: bool = _setting(
        False,
        "Whether the hub looks whether addresses outside that records name still answer; only where it reaches the"
        " internet.",
    )
    external_links_days: int = _setting(
        30, "Time after which an address that answered is looked at again.",
        unit="days", check=between(1, 365),
    )  # fmt: skip
    silent_least: int = _setting(
        5, "Searches of all terminals that found nothing, from which on the desk shows their words.",
        unit="searches", check=between(2, 1000),
    )  # fmt: skip
    silent_days: int = _setting(
        3, "Days with such searches, from which on the desk shows their words although they were fewer.",
        unit="days", check=between(2, 365),
    )  # fmt: skip
    closed_review_months: int = _setting(
        12, "Time after which an entry that is not public is looked at again.",
        unit="months", check=between(1, 60),
    )  # fmt: skip

    @property
    def office_code(self) -> str:
        """Return the code of the county's disclosure office."""
        return self.organ_code or f"{self.terminal_prefix}-01"
