"""AWS Config custom rules to a function."""

from collections.abc import Mapping
from typing import Unpack

from aws_cdk import Stack
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.grants import allow
from constructs_lib.types import AnyFunction


class ConfigRuleToLambda(AsynchronousPattern):
    """A custom rule of AWS Config that a function evaluates, asynchronously.

    An event arrives at least once: the handler must bear seeing it twice. It reports compliance by calling
    ``config:PutEvaluations`` with the event's ``resultToken``, which it is allowed to do; what it returns is dropped,
    unless there is an ``on_success`` destination. A handler that cannot evaluate must raise (AWS:
    lambda/governance-config).

    Where a failed event goes
        *delivery*: nowhere: Config has no dead-letter queue, and the rule shows no result. *execution*: after the
        retries the event goes to ``on_failure``; by default to a failure queue beneath the function, which an alarm
        watches.

    The account needs a configuration recorder in this Region, or the deployment fails.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    configuration_changes
        Whether a change of a resource invokes the function. Default: it does.
    maximum_execution_frequency
        How often the function is invoked whatever changes. Default: it is not.
    rule_scope
        Which resources' changes. Default: those of all resources that are recorded.
    input_parameters
        Passed to the function as ``ruleParameters``. Default: none.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    rule : config.CustomRule
        The rule. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If nothing would invoke the function, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        configuration_changes: bool = True,
        maximum_execution_frequency: config.MaximumExecutionFrequency | None = None,
        rule_scope: config.RuleScope | None = None,
        input_parameters: Mapping[str, object] | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        self._refuse_circle(options.get("alarm_topic"))
        if not configuration_changes and maximum_execution_frequency is None:
            raise ValueError(
                f"{self.node.path}: expected configuration_changes or maximum_execution_frequency, got neither; "
                "without, nothing would invoke the function"
            )
        function.add_permission(
            "Permission",
            scope=self,
            principal=iam.ServicePrincipal("config.amazonaws.com"),
            source_account=Stack.of(self).account,  # the rule's ARN is not known before it exists
        )
        # By its ARN only: to the role of a function, CDK would add a managed policy that reads and writes far more.
        target = lambda_.Function.from_function_attributes(
            self, "Target", function_arn=function.function_arn, skip_permissions=True
        )
        self.rule = config.CustomRule(
            self,
            "Rule",
            lambda_function=target,
            configuration_changes=configuration_changes,
            periodic=maximum_execution_frequency is not None,
            maximum_execution_frequency=maximum_execution_frequency,
            rule_scope=rule_scope,
            input_parameters=input_parameters,
        )
        permission = self.node.try_find_child("Permission")
        if permission is not None:  # Config tries it when the rule is made; of some imported functions, CDK makes none
            self.rule.node.add_dependency(permission)
        self._allow_reporting()

    def _allow_reporting(self) -> None:
        reporting = iam.PolicyStatement(actions=["config:PutEvaluations"], resources=["*"])
        holder = allow(self, "FunctionPolicy", self.function, reporting)
        if holder is not None:
            acknowledge(
                holder,
                "config:PutEvaluations has no resources to name: what it may report is bound by the result token",
                "AwsSolutions-IAM5[Resource::*]",
            )
