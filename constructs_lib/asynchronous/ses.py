"""SES receipt rules to a function."""

from collections.abc import Sequence
from typing import Unpack

import jsii
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from aws_cdk.interfaces.aws_ses import IReceiptRuleRef
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyFunction, AnyReceiptRuleSet


class SesToLambda(AsynchronousPattern):
    """A receipt rule that invokes a function, asynchronously, for each mail that arrives.

    An event arrives at least once: the handler must bear seeing a mail twice. It gets headers and verdicts, not the
    body (AWS: ses/receiving-email-action-lambda); to read that, let an earlier rule store the mail in a bucket. What
    the handler returns is dropped, unless there is an ``on_success`` destination; a handler that cannot do the work
    must raise.

    Where a failed event goes
        *delivery*: nowhere. SES has no dead-letter queue; an earlier rule that stores mails in a bucket keeps them.
        *execution*: after the retries the event goes to ``on_failure``; by default to a failure queue beneath the
        function, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    rule_set
        An owned or imported rule set. Only one is active in an account and Region, and none is made active here.
    recipients
        Addresses and domains that the rule is for. Default: all of the verified domains.
    after
        The rule of the set that comes before this one. Default: this one comes first.
    scan_enabled
        Whether SES scans mails for spam and viruses, and tells the verdicts. Default: it does.
    tls_policy
        Whether senders must use TLS. Default: they must.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    rule_set
        What was given.
    rule : ses.ReceiptRule
        The rule. The other attributes are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        As ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        rule_set: AnyReceiptRuleSet,
        recipients: Sequence[str] | None = None,
        after: ses.ReceiptRule | ses.IReceiptRule | None = None,
        scan_enabled: bool = True,
        tls_policy: ses.TlsPolicy = ses.TlsPolicy.REQUIRE,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        check_kinds(self, rule_set=rule_set, after=after)
        self._refuse_circle(options.get("alarm_topic"))
        self.rule_set = rule_set
        # CDK's action would let every receipt rule of the account invoke the function.
        function.add_permission(
            "Permission",
            scope=self,
            principal=iam.ServicePrincipal("ses.amazonaws.com"),
            source_account=Stack.of(self).account,
            source_arn=self._rules_arn(),
        )
        self.rule = ses.ReceiptRule(
            self,
            "Rule",
            rule_set=rule_set,
            recipients=recipients,
            after=after,
            scan_enabled=scan_enabled,
            tls_policy=tls_policy,
            actions=[_Invocation(function.function_arn)],
        )
        permission = self.node.try_find_child("Permission")
        if permission is not None:  # SES tries it when the rule is made; of some imported functions, CDK makes none
            self.rule.node.add_dependency(permission)

    def _rules_arn(self) -> str:
        # The rule's own name is made up by CloudFormation, and only after the permission has to exist.
        name = self.rule_set.receipt_rule_set_name
        return Stack.of(self).format_arn(
            service="ses", resource="receipt-rule-set", resource_name=f"{name}:receipt-rule/*"
        )


@jsii.implements(ses.IReceiptRuleAction)
class _Invocation:
    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn

    def bind(self, receipt_rule: IReceiptRuleRef) -> ses.ReceiptRuleActionConfig:  # noqa: ARG002
        return ses.ReceiptRuleActionConfig(
            lambda_action=ses.LambdaActionConfig(function_arn=self._function_arn, invocation_type="Event")
        )
