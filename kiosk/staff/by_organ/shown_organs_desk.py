"""What the desk shows of an organ: its key, who holds it, to whom it is lent; the version that an act names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request, url_for

from kiosk.audit import Act
from kiosk.clock import today
from kiosk.intake.by_organ import organ_register
from kiosk.seen import Shown
from kiosk.staff import key_models, models
from kiosk.staff.by_organ import mergers, wall
from kiosk.staff.by_organ.merger_models import Merger
from kiosk.staff.key_models import Lent, ReadingKey
from kiosk.staff.models import Account
from kiosk.staff.rules import OFFICE, AccountState, reads_personal
from kiosk.staff.shown_desk import touched
from kiosk.web.context import hub
from kiosk.web.language.wording import N_

_OF_ORGANS = (
    Act.READING_KEY_MADE,
    Act.READING_KEY_LOST,
    Act.ORGAN_MERGER_PROPOSED,
    Act.ORGAN_MERGER_WITHDRAWN,
    Act.ORGAN_MERGED,
)


@dataclass(frozen=True)
class OrganShown:
    """
    An organ at the desk.

    Args:
        code: In the directory; of the office its own code there.
        key: The key of its own that is sealed to at present; None: the office's is.
        earlier: Keys that still open what was sealed before. accounts: Without closed ones.
    """

    code: str
    name: str
    is_office: bool
    key: ReadingKey | None
    earlier: tuple[ReadingKey, ...]
    holders: tuple[str, ...]
    accounts: tuple[Account, ...]
    lent: tuple[Lent, ...]
    merger: Merger | None

    @property
    def waiting(self) -> list[Account]:
        """Return the accounts that a holder may approve now."""
        return [each for each in self.accounts if each.state is AccountState.PENDING and not each.must_change]

    @property
    def is_used(self) -> bool:
        """Return whether it has an account or a key, or had one."""
        return self.is_office or bool(self.key or self.earlier or self.accounts)

    def shown(self) -> Shown:
        """Return the version of it."""
        lines = (
            (N_("机关"), self.name),
            (N_("读取密钥"), self.key.key_id if self.key else N_("由县政务公开机构代管")),
            (N_("持有人"), "\n".join(self.holders)),
            (N_("等批准的账号"), "\n".join(each.name for each in self.waiting)),
            (N_("借给"), "\n".join(f"{each.name} {each.ends_on.isoformat()}" for each in self.lent)),
            (N_("提出并入"), self.merger.successor if self.merger else ""),
        )
        ids = [each.key_id for each in self.earlier]
        return Shown(
            lines,
            " ".join(ids),
            name=f"organ/{self.code}",
            href=url_for("staff.organs"),
            touched=lambda: touched(_OF_ORGANS, self.code, *ids, *([self.key.key_id] if self.key else [])),
        )


def organ(act: str = "") -> Shown:
    """Return the organ that the form names, whatever is to be done with it."""
    return shown_of(request.form.get("organ", "")).shown()


def shown_of(code: str) -> OrganShown:
    """Return the organ with this code in the directory."""
    return _shown(
        code,
        models.accounts(),
        key_models.current_keys(),
        key_models.lent(),
        mergers.waiting(hub().clock.now()),
    )


def all_shown() -> list[OrganShown]:
    """Return the office, the other organs with keys or accounts, and then the rest of the directory, by name."""
    office, merged = hub().settings.office_code, organ_register.merged()
    codes = {office, *organ_register.codes(), *(each.code for each in hub().organs())} - set(merged)
    accounts, keys, lent = models.accounts(), key_models.current_keys(), key_models.lent()
    waiting = mergers.waiting(hub().clock.now())
    found = [_shown(code, accounts, keys, lent, waiting) for code in codes if code]
    return sorted(found, key=lambda each: (not each.is_office, not each.key, not each.is_used, each.name))


def _shown(
    code: str, accounts: list[Account], keys: dict[str, ReadingKey], lent: list[Lent], waiting: list[Merger]
) -> OrganShown:
    stored, day = wall.stored(code, hub().settings.office_code), today(hub().clock)
    key = keys.get(stored)
    own = [each for each in accounts if each.organ == stored and each.state is not AccountState.CLOSED]
    return OrganShown(
        code=code,
        name=hub().organ_name(code),
        is_office=stored == OFFICE,
        key=key,
        earlier=tuple(
            each for each in key_models.keys_of(stored) if key is None or each.key_id != key.key_id
        ),
        holders=tuple(key_models.holders_of(key.key_id)) if key else (),
        accounts=tuple(each for each in own if reads_personal(each.role) or stored != OFFICE),
        lent=tuple(each for each in lent if each.organ == stored and each.ends_on >= day),
        merger=next((each for each in waiting if each.organ == code), None),
    )


def last_day(text: str) -> date | None:
    """Return the day that a form names; None: it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
