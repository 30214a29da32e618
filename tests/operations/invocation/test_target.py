import pytest

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.target import Target, target_of

REGION = "eu-west-1"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


@pytest.mark.parametrize(
    ("function", "qualifier", "target"),
    [
        ("orders", None, Target("orders", None)),
        ("orders", "live", Target("orders", "live")),
        ("orders:live", None, Target("orders", "live")),
        ("orders:7", "7", Target("orders", "7")),
        ("orders:$LATEST", None, Target("orders", "$LATEST")),
        ("123456789012:function:orders", None, Target("123456789012:function:orders", None)),
        ("123456789012:function:orders:live", None, Target("123456789012:function:orders", "live")),
        (ARN, None, Target(ARN, None)),
        (f"{ARN}:live", "live", Target(ARN, "live")),
        (
            ARN.replace("arn:aws:", "arn:aws-us-gov:"),
            "live",
            Target(ARN.replace("arn:aws:", "arn:aws-us-gov:"), "live"),
        ),
    ],
)
def test_every_way_to_name_a_function(function: str, qualifier: str | None, target: Target) -> None:
    assert target_of(function, qualifier, REGION) == target


@pytest.mark.parametrize(
    ("function", "qualifier", "message"),
    [
        ("", None, "expected the name or ARN of a function, found ''"),
        ("order book", None, "expected the name or ARN of a function"),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", None, "expected the name or ARN of a function"),
        ("orders:", None, "expected the name or ARN of a function"),
        ("orders", "", "expected a version, an alias or .LATEST"),
        ("orders", "$OLDEST", "expected a version, an alias or .LATEST"),
        ("orders:live", "7", "expected one qualifier, found 'live' and '7'"),
        (ARN.replace("eu-west-1", "us-east-1"), None, "expected a function in eu-west-1, .* give --region us-east-1"),
    ],
)
def test_what_is_no_function(function: str, qualifier: str | None, message: str) -> None:
    with pytest.raises(OperationError, match=message) as said:
        target_of(function, qualifier, REGION)
    assert said.value.code is Exit.USAGE


def test_it_is_named_as_it_is_invoked() -> None:
    assert [str(Target("orders", name)) for name in (None, "live")] == ["orders", "orders:live"]
