"""What users write with the operations; only checked by mypy and pyright, never run."""

from pathlib import Path

from constructs_lib.operations import (
    Account,
    Answer,
    InvocationType,
    OperationError,
    Options,
    find_place,
    invoke,
    list_failures,
    read_failures,
    redrive_failures,
    stream,
)

account = Account(profile="production", region="eu-west-1", endpoint_url="http://127.0.0.1:4566")

try:
    answer: Answer = invoke(account, "orders:live", b'{"id": 7}', invocation_type=InvocationType.EVENT)
except OperationError as error:
    print(error, int(error.code))

with Path("report").open("wb") as file:
    streamed = stream(account, "report", into=file.write)
    print(streamed.error and streamed.error.message)

for listed in list_failures(account, stack="Shop").places:
    print(listed.place.name, [use.functions for use in listed.place.uses])

place = find_place(account, "orders-failed")
with read_failures(account, place, limit=10) as events:
    for event in events:
        print(event.function, event.failure.type, event.payload_text)

outcome = redrive_failures(account, place, Options(error="Timeout", limit=10, rate=2.5), journal=Path("journal"))
print(outcome.sent.total(), outcome.left, outcome.possible_duplicates)
