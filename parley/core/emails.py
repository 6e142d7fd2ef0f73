"""One spelling for each e-mail address, so that an address means one person whatever the case."""

from contextlib import suppress

import idna


def canonical_email(address: str) -> str:
    """The address in lower case, its domain as IDNA maps it (UTS 46), so that a look-alike is not another domain.

    The part before the @ stays apart from its look-alikes: only its own mail server knows what it means.
    """
    local, at, domain = address.strip().rpartition("@")
    with suppress(idna.IDNAError):  # not a domain: whoever validates addresses says so
        domain = idna.uts46_remap(domain, std3_rules=False, transitional=False)
    return f"{local}{at}{domain}".lower()
