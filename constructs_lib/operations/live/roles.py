"""The roles that services and functions work with, and the policies of the account on them.

One call tells all of them. Users and groups are left out, and so are the roles of people: those that IAM Identity
Center makes. What AWS's own policies allow, the graph knows.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item, any_caller, taken

_WANTED: Final = ["Role", "LocalManagedPolicy"]
_OF_PEOPLE: Final = "/aws-reserved/"
_OF_AWS: Final = ":iam::aws:policy/"


def read_roles(calls: Calls) -> Iterator[Item]:
    """Yield the roles, and the managed policies that are attached to them."""
    what = "read the roles and their policies"
    pages = calls.all_pages("iam.get_account_authorization_details", what, Filter=_WANTED)
    attached: dict[str, list[dict[str, str]]] = defaultdict(list)
    for page in pages:
        for found in page.get("RoleDetailList") or ():
            if not found.get("Path", "/").startswith(_OF_PEOPLE):
                role = _role(found)
                for policy in found.get("AttachedManagedPolicies") or ():
                    attached[policy["PolicyArn"]].append({"Ref": role.logical_id})
                yield role
    for page in pages:
        for found in page.get("Policies") or ():
            if found["Arn"] in attached:
                yield _policy(found, attached[found["Arn"]])


def unread_roles() -> Iterator[Item]:
    """Yield a policy of any role that may allow anything: who reads a queue, or calls a function, is not known."""
    properties: dict[str, Any] = {"PolicyDocument": UNREAD, "Roles": UNREAD}
    yield Item("unread", "policies", "AWS::IAM::Policy", properties)
    yield any_caller()


def _role(found: dict[str, Any]) -> Item:
    properties = taken(found, "RoleName", "AssumeRolePolicyDocument")
    properties["Policies"] = found.get("RolePolicyList")
    properties["PermissionsBoundary"] = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    arns = [one["PolicyArn"] for one in found.get("AttachedManagedPolicies") or ()]
    properties["ManagedPolicyArns"] = [arn for arn in arns if _OF_AWS in arn]
    return Item("role", found["RoleName"], "AWS::IAM::Role", properties, found["Arn"])


def _policy(found: dict[str, Any], roles: list[dict[str, str]]) -> Item:
    versions = found.get("PolicyVersionList") or ()
    documents = [one["Document"] for one in versions if one.get("IsDefaultVersion") and "Document" in one]
    properties = {"PolicyDocument": documents[0] if documents else UNREAD, "Roles": roles}
    return Item("policy", found["PolicyName"], "AWS::IAM::ManagedPolicy", properties, found["Arn"])
