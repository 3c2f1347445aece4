from portico.legal.models.ledger import (
    LedgerEvent,
    LegalAnswer,
    LegalExemption,
    LegalKey,
    LegalLedger,
    LegalNotice,
)
from portico.legal.models.pdfs import PAGE_BREAK, CheckedPdf
from portico.legal.models.versions import LegalDocument, LegalKind, LegalVersion

__all__ = [
    "PAGE_BREAK",
    "CheckedPdf",
    "LedgerEvent",
    "LegalAnswer",
    "LegalDocument",
    "LegalExemption",
    "LegalKey",
    "LegalKind",
    "LegalLedger",
    "LegalNotice",
    "LegalVersion",
]
