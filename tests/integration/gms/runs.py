"""A run of an assertion, as somebody writes it."""

DATASET = "urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)"
ASSERTION = "urn:li:assertion:a"
RUN = {
    "timestampMillis": 1_772_524_800_000,
    "runId": "r1",
    "assertionUrn": ASSERTION,
    "asserteeUrn": DATASET,
    "status": "COMPLETE",
    "result": {"type": "FAILURE"},
}
