"""FHIR AuditEvent, DSTU2 to R5 and the IHE BALP profiles: accesses from a FHIR server's audit repository."""

from custodiet.sources.fhir.source import FhirSettings, fhir_source

__all__ = ["FhirSettings", "fhir_source"]
