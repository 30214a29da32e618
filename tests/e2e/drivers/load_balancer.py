"""Application Load Balancers: clients send HTTP requests."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from constructs_lib import LambdaFunction, LoadBalancerToLambda
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


class LoadBalancerDriver(SynchronousDriver):
    """A listener of its own: 200 from the handler, 502 if it failed."""

    failed_status = refused_status = 502

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            stack, "Source", vpc=ec2.Vpc(stack, "Vpc", nat_gateways=0), internet_facing=True
        )
        http = elbv2.ApplicationProtocol.HTTP
        return LoadBalancerToLambda(
            stack, "Pattern", function=function, load_balancer=self.load_balancer, protocol=http, open=True
        )

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Name": self.load_balancer.load_balancer_name}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        url = f"{deployed.clients.url}/_alb/{deployed.outputs['Name']}/{token}"
        response = request("POST", url, f'"{token}"', service=None)
        return Answer(response.status, response.text)
