"""Cognito user pool trigger to a function."""

from typing import Unpack

from aws_cdk import Names
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, refuse_unknown, refuse_version
from constructs_lib.execution import catch_failed_executions
from constructs_lib.facts import USER_POOL_TRIGGER_TIMEOUT_SECONDS
from constructs_lib.grants import allow
from constructs_lib.types import AnyFunction, AnyKey, AnyQueue

_VERSIONED = "preTokenGenerationConfig"
_CUSTOM_SENDERS = ("customEmailSender", "customSmsSender")


class UserPoolToLambda(Construct):
    """A step of a Cognito user pool, such as sign-up, that a function decides or shapes.

    Cognito waits 5 seconds for the answer and calls three times in all: the handler must bear seeing an event twice.
    It returns the event that it got, with ``response`` filled in; if it raises, the step fails and the user sees the
    message of the exception. The custom senders of email and SMS are different: Cognito invokes them asynchronously,
    and drops what they return; they must raise if they cannot send.

    Where a failed event goes
        *delivery* and *execution*: nowhere; the client's request fails, and the client decides whether to send it
        again. Of a custom sender, *execution*: after the retries the event goes to ``on_failure``; by default to a
        failure queue beneath the function, which an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias or imported; for a custom sender, with its role. Cognito accepts no versions. At most 5 s, unless
        it is a custom sender (AWS: cognito/cognito-user-pools-working-with-lambda-triggers).
    user_pool
        A user pool of this app: triggers are settings of the pool, which an imported one does not let change.
    trigger
        Which step, such as ``UserPoolOperation.PRE_SIGN_UP``. A pool has one function for each.
    lambda_version
        Version of the event, for ``PRE_TOKEN_GENERATION_CONFIG`` only. Default: 1.
    custom_sender_kms_key
        For a custom sender: the key with which the pool was made, which encrypts the code to send. The function is
        allowed to decrypt with it. Default: none.
    options
        For a custom sender: ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic``
        of ``ExecutionOptions``.

    Attributes
    ----------
    function, user_pool
        What was given.
    failure_queue : sqs.IQueue or None
        Where failed events of a custom sender wait; ``None`` for every other trigger, and if that is no queue of this
        app.
    alarms : list of cloudwatch.Alarm
        All that watch a custom sender; none for other triggers: ``InvocationAlarms`` makes them.

    Raises
    ------
    ValueError
        If the function is a version, if it may take longer than Cognito waits, if the pool is imported or has a
        function for the trigger, if ``lambda_version`` comes with another trigger than its own, if a custom sender has
        no key, or if what only custom senders have comes with another trigger. For a custom sender, as
        ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object, or there is no such parameter.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        user_pool: cognito.UserPool,
        trigger: cognito.UserPoolOperation,
        lambda_version: cognito.LambdaVersion | None = None,
        custom_sender_kms_key: AnyKey | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id)
        refuse_unknown(self, options, ExecutionOptions)
        check_function(self, function)
        refuse_version(self, function, "Cognito accepts no versions")
        check_kinds(self, user_pool=user_pool, custom_sender_kms_key=custom_sender_kms_key)
        if not isinstance(user_pool, cognito.UserPool):
            raise ValueError(
                f"{self.node.path}: expected a user pool of this app, got the imported {user_pool.node.path}; triggers "
                "are settings of the pool: add them where it is made"
            )
        if lambda_version is not None and trigger.operation_name != _VERSIONED:
            raise ValueError(
                f"{self.node.path}: expected lambda_version only for {_VERSIONED}, got "
                f"{lambda_version.name} for {trigger.operation_name}, whose event has one version; pass "
                "trigger=UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, or leave out lambda_version"
            )
        self.function = function
        self.user_pool = user_pool
        self.failure_queue: AnyQueue | None = None
        self.alarms: list[cloudwatch.Alarm] = []
        name = trigger.operation_name
        if name in _CUSTOM_SENDERS:
            self._wire_custom_sender(name, custom_sender_kms_key, options)
        else:
            self._refuse_sender_settings(name, custom_sender_kms_key=custom_sender_kms_key, **options)
            check_fast_enough(self, function, USER_POOL_TRIGGER_TIMEOUT_SECONDS, "Cognito")
        try:
            user_pool.add_trigger(trigger, function, lambda_version)
        except RuntimeError as error:
            if "you must specify a KMS key" in str(error):
                raise self._keyless(f"{name}, got a pool without") from error
            if "already exists" in str(error):
                raise ValueError(
                    f"{self.node.path}: expected a trigger that {user_pool.node.path} has no function for, got {name}; "
                    "let one function do both, or take a trigger that is free"
                ) from error
            raise
        acknowledge_no_dead_letter_queue(
            function, "Cognito waits for the answer, or the on-failure destination has the event"
        )

    def _wire_custom_sender(self, name: str, key: AnyKey | None, options: ExecutionOptions) -> None:
        if key is None:
            raise self._keyless(f"{name}, got none")
        capture = catch_failed_executions(self.function, **options)
        self.failure_queue = capture.failure_queue
        self.alarms = capture.alarms
        # In the pool's stack, which the trigger makes depend on the function's already.
        allow(
            self.user_pool,
            f"{Names.node_unique_id(self.node)}Policy",
            self.function,
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]),
        )

    def _keyless(self, found: str) -> ValueError:
        return ValueError(
            f"{self.node.path}: expected custom_sender_kms_key for {found}; make the pool with "
            "custom_sender_kms_key=key, and give the same key here, so that the function may decrypt the code"
        )

    def _refuse_sender_settings(self, name: str, **settings: object) -> None:
        useless = ", ".join(setting for setting, value in settings.items() if value is not None)
        if useless:
            raise ValueError(
                f"{self.node.path}: expected {useless} only for a custom sender, got {name}; Cognito waits for the "
                f"answer to {name}, so that nothing is retried or kept: leave out {useless}"
            )
