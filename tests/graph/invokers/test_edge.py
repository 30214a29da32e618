import pytest

from constructs_lib.graph.invokers.edge import edge_functions, forbidden
from constructs_lib.graph.template import UNKNOWN_REGION, Environment
from tests.graph.build import make_world

ASSOCIATION = {"EventType": "origin-request", "LambdaFunctionARN": {"Ref": "Version"}}
RESOURCES = {
    "Function": {"Type": "AWS::Lambda::Function"},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
    "Distribution": {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {"DefaultCacheBehavior": {"LambdaFunctionAssociations": [ASSOCIATION]}},
        },
    },
}


@pytest.mark.parametrize(
    ("region", "found"), [("us-east-1", []), (UNKNOWN_REGION, []), ("eu-west-1", ["the Region eu-west-1"])]
)
def test_an_edge_function_is_in_one_region(region: str, found: list[str]) -> None:
    world = make_world({"Resources": RESOURCES}, environment=Environment(region=region))
    (function,) = world.once(edge_functions)
    assert [bad.what.partition(" instead")[0] for bad in forbidden(world, function)] == found
