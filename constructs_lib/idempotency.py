"""The table with which a handler recognises an event that it has seen before."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyKey


class IdempotencyTable(dynamodb.Table):
    """A DynamoDB table as the idempotency utility of Powertools for AWS Lambda expects it.

    Every source delivers at least once. A handler that Powertools makes idempotent records what it has done here, and
    answers a repeated event from the record::

        table = IdempotencyTable(self, "Idempotency")
        table.grant_idempotency(worker)

        # in the handler
        layer = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])

    Key (``id``) and time to live (``expiration``) have the names that Powertools uses unless told otherwise.

    Parameters
    ----------
    scope, id
        Where the table stands in the construct tree.
    encryption_key
        Customer-managed key. Default: a key that DynamoDB owns.
    removal_policy
        What becomes of the table when it leaves the stack. Default: destroyed; its records outlive an event by the
        hour that Powertools keeps them.
    """

    ENVIRONMENT_VARIABLE = "IDEMPOTENCY_TABLE"
    """The environment variable in which a function finds the table's name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        super().__init__(
            scope,
            id,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expiration",
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=None if encryption_key is None else dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=encryption_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy,
        )

    def grant_idempotency(self, function: AnyFunction) -> iam.Grant:
        """Allow a function what the idempotency utility does, and tell it the table's name.

        Parameters
        ----------
        function
            An owned function gets the environment variable ``IDEMPOTENCY_TABLE``; for an imported one, set it where the
            function is made.
        """
        owned = owned_function(function)
        if owned is not None:
            owned.add_environment(self.ENVIRONMENT_VARIABLE, self.table_name)
        if self.encryption_key is not None:
            self.encryption_key.grant(function, "kms:Decrypt", "kms:GenerateDataKey")
        return self.grant(
            function, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"
        )
