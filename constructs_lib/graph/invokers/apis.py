"""The calls of API Gateway to functions: integrations and authorizers, as resources and in OpenAPI documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from constructs_lib import facts
from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import API_GATEWAY
from constructs_lib.graph.invokers.targets import Target, lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Reference, fold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


class ApiKind(Enum):
    """The kinds of API, as users know them."""

    REST = "REST API"
    HTTP = "HTTP API"
    WEBSOCKET = "WebSocket API"


_V2_INTEGRATION: Final = "AWS::ApiGatewayV2::Integration"
_BODY: Final = (
    ("Body.paths.*.*.x-amazon-apigateway-integration.uri", False),
    ("Body.components.x-amazon-apigateway-integrations.*.uri", False),
    ("Body.components.securitySchemes.*.x-amazon-apigateway-authorizer.authorizerUri", True),
    ("Body.securityDefinitions.*.x-amazon-apigateway-authorizer.authorizerUri", True),
)
_ROWS: Final = (
    ("AWS::ApiGateway::Method", "Integration.Uri", False),
    ("AWS::ApiGateway::Authorizer", "AuthorizerUri", True),
    (_V2_INTEGRATION, "IntegrationUri", False),
    ("AWS::ApiGatewayV2::Authorizer", "AuthorizerUri", True),
    ("AWS::ApiGatewayV2::Api", "Target", False),
    *(
        (api, pattern, auth)
        for api in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
        for pattern, auth in _BODY
    ),
)
_EVENT_HEADER: Final = "integration.request.header.x-amz-invocation-type"

_TIMEOUTS: Final = {
    ApiKind.REST: facts.REST_API_TIMEOUT_DEFAULT_SECONDS,
    ApiKind.HTTP: facts.HTTP_API_TIMEOUT_SECONDS,
    ApiKind.WEBSOCKET: facts.WEBSOCKET_API_TIMEOUT_SECONDS,
}


@dataclass(frozen=True, eq=False)
class ApiResponse:
    """What an integration answers in one case."""

    status: Node
    selected: bool
    """Whether it is, or may be, for the errors that match a pattern only; the default otherwise."""


@dataclass(frozen=True, eq=False)
class ApiCall:
    """One integration with, or authorizer by, a function."""

    target: Target
    uri: Node
    settings: Node
    """The integration or the authorizer."""
    authorizer: bool
    kind: ApiKind | None
    """None when the API is not in the app."""

    @property
    def model(self) -> InvocationModel | None:
        """How the function is invoked; None when the client or an unknown value decides.

        A non-proxy integration of a REST API is asynchronous with the header ``X-Amz-Invocation-Type: 'Event'``.
        """
        header = None if self.authorizer else self.event_header
        kind = self.type
        if header is None or kind == "AWS_PROXY":
            return InvocationModel.SYNCHRONOUS
        if self.kind is not ApiKind.REST or kind is None:
            return None
        expression = header.text()
        if expression is None or expression.startswith(("method.", "context.", "stageVariables.")):
            return None
        # A static value needs the inner quotes, otherwise it is not one (facts G1).
        return InvocationModel.ASYNCHRONOUS if expression == "'Event'" else InvocationModel.SYNCHRONOUS

    @property
    def type(self) -> str | None:
        """The type of the integration in upper case: ``AWS_PROXY``; None when unknown."""
        text = self.setting("IntegrationType" if self.settings.resource.type == _V2_INTEGRATION else "Type").text()
        return text.upper() if text is not None else None

    @property
    def event_header(self) -> Node | None:
        """The mapping that sets the invocation type; None when there is none."""
        for parameter in self.setting("RequestParameters").children:
            if parameter.path[-1].lower() == _EVENT_HEADER:
                return parameter
        return None

    @property
    def responses(self) -> Sequence[ApiResponse]:
        """The integration responses."""
        listed = [
            ApiResponse(one["StatusCode"], not one["SelectionPattern"].absent)
            for one in self.settings["IntegrationResponses"].children
        ]
        # An OpenAPI document names each by its pattern.
        named = [
            ApiResponse(one["statusCode"], one.path[-1] != "default") for one in self.settings["responses"].children
        ]
        return listed or named

    @property
    def answers_nothing(self) -> bool:
        """Whether there is certainly no integration response: what is not a proxy has no answer then."""
        return self.settings["IntegrationResponses"].absent and self.settings["responses"].absent

    @property
    def streams(self) -> bool:
        """Whether the response is, or may be, streamed, which lifts the timeout."""
        mode = self.setting("ResponseTransferMode")
        return (not mode.absent and mode.text() != "BUFFERED") or "/response-streaming" in fold(self.uri.value)[0]

    @property
    def timeout(self) -> float | None:
        """The longest that API Gateway waits for the answer, in seconds; None when unknown."""
        if self.authorizer:
            http = self.kind is ApiKind.HTTP
            return facts.HTTP_API_AUTHORIZER_TIMEOUT_SECONDS if http else facts.REST_API_TIMEOUT_DEFAULT_SECONDS
        default = _TIMEOUTS[self.kind] if self.kind else max(_TIMEOUTS.values())
        milliseconds = self.setting("TimeoutInMillis").number(default * 1000)
        return None if milliseconds is None else milliseconds / 1000

    def setting(self, name: str) -> Node:
        """Return a setting of the integration."""
        # OpenAPI documents spell the same settings in lower camel case.
        camel = self.settings[name[0].lower() + name[1:]]
        return self.settings[name] if camel.absent else camel


def api_calls(world: "World") -> list[ApiCall]:
    """Return the calls of API Gateway to functions of the app."""
    return [
        ApiCall(target, uri, settings, authorizer, _kind(world, settings))
        for resource_type, pattern, authorizer in _ROWS
        for resource in world.of_type(resource_type)
        for settings, uri in world.properties(resource).select(pattern)
        if (target := lambda_target(uri)) is not None
    ]


def api_invocations(world: "World") -> Iterator[Invocation]:
    """Yield the invocations by API Gateway."""
    for call in world.once(api_calls):
        yield Invocation(call.target, call.model, API_GATEWAY, call.uri, call.settings)


def _kind(world: "World", settings: Node) -> ApiKind | None:
    resource = settings.resource
    if not resource.type.startswith("AWS::ApiGatewayV2::"):
        return ApiKind.REST
    if resource.type != "AWS::ApiGatewayV2::Api":
        api = world.properties(resource)["ApiId"].value
        if not isinstance(api, Reference) or api.resource.type != "AWS::ApiGatewayV2::Api":
            return None
        resource = api.resource
    protocol = world.properties(resource)["ProtocolType"]
    # Only an HTTP API can be made from a document, and then its protocol can be left out.
    return ApiKind.HTTP if protocol.absent else getattr(ApiKind, protocol.text() or "", None)
