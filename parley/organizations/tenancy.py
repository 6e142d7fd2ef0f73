"""Who sees what: the one mechanism. Every company-owned model's manager has ``visible_to``."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from parley.core.actors import Actor
from parley.core.errors import Forbidden, Invalid, NotFound

M = TypeVar("M", bound=models.Model)


class CompanyOwnedQuerySet(models.QuerySet[M]):
    """Rows that belong to a company, by its ``company`` column."""

    company_lookup: ClassVar[str] = "company_id"

    def visible_to(self, actor: Actor) -> Self:
        """The rows that ``actor`` may know of: all for an administrator, else those of the own company."""
        if actor.sees_all:
            return self.all()
        if actor.company_id is None:
            return self.none()
        return self.filter(**{self.company_lookup: actor.company_id})

    def seen_by(self, actor: Actor, *, pk: Any, thing: str) -> M:
        """The one row ``pk``; raises ``NotFound`` where it is not there or not this actor's."""
        row = self.visible_to(actor).filter(pk=pk).first()
        if row is None:
            raise NotFound.of(thing)
        return row


def visible(alias: str, *, sees_all: bool) -> str:
    """The same rule as a condition of a plain statement, on the table called ``alias``; see ``visible_parameters``.

    Two statements instead of one with an ``OR``: a prepared one could not use the index on the company.
    """
    return "true" if sees_all else f"{alias}.company_id = %(seen_company)s"


def visible_parameters(actor: Actor) -> dict[str, Any]:
    """What ``visible`` asks for."""
    return {"seen_company": actor.company_id}


def company_for(actor: Actor, *, named: int | None, field: str = "company") -> int:
    """The company that a new row belongs to: an administrator must name one, everyone else's is their own."""
    company_id = company_if_any(actor, named=named)
    if company_id is None:
        raise Invalid.field(field, "This field is required for administrators.", code="required")
    return company_id


def company_if_any(actor: Actor, *, named: int | None) -> int | None:
    """The same where administrators may leave it out.

    For everyone else, naming another company raises ``Forbidden`` whether it exists or not.
    """
    if actor.sees_all:
        return named
    if actor.company_id is None or (named is not None and named != actor.company_id):
        raise Forbidden("You can only act for your own company.", code="other_company")
    return actor.company_id
