"""What the DNS says of a sender's domain: SPF, DKIM and DMARC. Plain Python, no Django.

Records are looked up at the configured name servers only, within one time, and never kept.
"""

from __future__ import annotations

from portico.service_email.records.checking import check_sender_domain

__all__ = ["check_sender_domain"]
