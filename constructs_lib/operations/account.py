"""An account and region, and the clients for it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.errors import Exit, OperationError

if TYPE_CHECKING:
    import boto3

_CONNECT_SECONDS: Final = 10
_ATTEMPTS: Final = 5
_CONNECTIONS: Final = 50


class Account:
    """An account in a region, as its clients reach it.

    boto3 finds credentials, the region and the endpoint (``AWS_ENDPOINT_URL``) as everywhere; what is given here wins.

    Parameters
    ----------
    session
        The boto3 session. Default: one of ``profile`` and ``region``.
    profile
        The profile in the shared configuration. Default: as boto3 finds it.
    region
        The region. Default: as boto3 finds it.
    endpoint_url
        The address of all services, such as that of an emulator. Default: as boto3 finds it.

    Raises
    ------
    OperationError
        When there is no such profile, or no region.
    """

    def __init__(
        self,
        session: "boto3.Session | None" = None,
        *,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError, ProfileNotFound
        from botocore.session import Session

        try:
            session = session or boto3.Session(profile_name=profile, region_name=region)
            found = region or session.region_name
        except ProfileNotFound as error:
            raise OperationError(
                f"expected a profile of the shared configuration as --profile or AWS_PROFILE, found {error}; "
                f"choose one of: {', '.join(Session().available_profiles) or 'none is set up'}",
                Exit.USAGE,
            ) from error
        except BotoCoreError as error:
            raise OperationError(
                f"expected a configuration that can be read, found {error}; correct the file", Exit.USAGE
            ) from error
        if found is None:
            raise OperationError("expected a region, found none; give --region, or set AWS_DEFAULT_REGION", Exit.USAGE)
        self.region: str = found
        self.session = session
        self._endpoint_url = endpoint_url
        self._clients: dict[tuple[str, int | None], Any] = {}

    def client(self, service: str, *, read_timeout: int | None = None) -> Any:
        """Return the client of a service, always the same one; calls are tried again as boto3 is set up to.

        Parameters
        ----------
        service
            The name by which boto3 knows the service.
        read_timeout
            How many seconds to wait for an answer. Then a call that gets none is not made again: it may have been
            heard, and be slow. What is throttled is tried five times in all. Default: 60.

        Raises
        ------
        OperationError
            When the region or the endpoint cannot be one.
        """
        key = service, read_timeout
        if key not in self._clients:
            from botocore.config import Config

            config = Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=read_timeout or 60,
                retries=None if read_timeout is None else {"mode": "standard", "total_max_attempts": _ATTEMPTS},
                max_pool_connections=_CONNECTIONS,
                tcp_keepalive=read_timeout is not None,  # or what is between ends connections that are silent for long
                user_agent_extra="lambda-invocation-constructs",
            )
            make: Any = self.session.client  # its overloads know the services that have type stubs only
            try:
                client = make(service, region_name=self.region, endpoint_url=self._endpoint_url, config=config)
            except ValueError as error:
                raise OperationError(
                    f"expected a region and an endpoint that there can be, found one that cannot ({error}); correct "
                    "--region, or --endpoint-url or AWS_ENDPOINT_URL",
                    Exit.USAGE,
                ) from error
            if read_timeout is not None:
                client.meta.events.register_first(
                    f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", _give_up
                )
            self._clients[key] = client
        return self._clients[key]

    @cached_property
    def id(self) -> str:
        """The id of the account."""
        found: str = self.client("sts").get_caller_identity()["Account"]
        return found

    @property
    def partition(self) -> str:
        """The partition of the region, such as ``aws``."""
        found: str = self.session.get_partition_for_region(self.region)
        return found


def _give_up(caught_exception: Exception | None, **_: Any) -> None:
    """Keep boto3 from making a call again that was sent and not answered."""
    from botocore.exceptions import HTTPClientError

    if isinstance(caught_exception, HTTPClientError):
        raise caught_exception
