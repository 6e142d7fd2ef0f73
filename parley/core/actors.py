"""Who acts: a user, a candidate with a link, or Parley itself. Operations take one instead of a request."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """What operations and ``visible_to`` need to know of whoever acts."""

    @property
    def actor_kind(self) -> str:
        """``user``, ``candidate`` or ``system``."""

    @property
    def actor_id(self) -> int | None:
        """The user's id, where it is one."""

    @property
    def company_id(self) -> int | None:
        """The company whose rows it sees; None sees none (unless ``sees_all``)."""

    @property
    def sees_all(self) -> bool:
        """Whether it sees every company's rows."""


@dataclass(frozen=True)
class System:
    """Parley's own periodic work."""

    actor_kind: str = "system"
    actor_id: int | None = None
    company_id: int | None = None
    sees_all: bool = True


SYSTEM = System()
