"""FHIR AuditEvent, DSTU2 to R5 and the IHE BALP profiles: accesses from a FHIR server's audit repository."""

from custodiet.sources.fhir.settings import FhirSettings
from custodiet.sources.fhir.source import fhir_source

__all__ = ["FhirSettings", "fhir_source"]
