from portico.legal.models.versions import LegalDocument, LegalKind, LegalVersion

__all__ = ["LegalDocument", "LegalKind", "LegalVersion"]
